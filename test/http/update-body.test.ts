import { describe, expect, it } from 'vitest';
import { rollbackRequest, updateRequest } from '../../src/http/update-body.ts';

const plain = {
  reference: 'local://b',
  mode: undefined,
  dtype: undefined,
  dryRun: false,
  force: false,
  wait: false,
  limits: {},
  threshold: undefined,
  probation: {},
  shadow: undefined,
};

const invalid = (message: string) => expect.objectContaining({ type: 'invalid_request', message });

describe('the body of an update', () => {
  it('names the model, under either name', () => {
    for (const body of [
      { model_path: 'local://b' },
      { model: 'local://b' },
      { model_path: 'local://b', model: 'local://a' },
      { model_path: null, model: 'local://b' },
    ]) {
      expect(updateRequest(body)).toEqual(plain);
    }
  });

  it('may say everything', () => {
    const gates = { minKendallTau: -1, minTop1Overlap: 1, maxThresholdCrossing: 0, maxLatencyRatio: 1.5 };
    expect(
      updateRequest({
        model_path: 'local://b',
        mode: 'hold',
        dtype: 'int8',
        dry_run: true,
        force: true,
        wait: true,
        gates: { ...gates, threshold: 0.7 },
        probation: { requests: 5, seconds: 10 },
        shadow: { percent: 12.5, requests: 100 },
      }),
    ).toEqual({
      reference: 'local://b',
      mode: 'hold',
      dtype: 'int8',
      dryRun: true,
      force: true,
      wait: true,
      limits: gates,
      threshold: 0.7,
      probation: { requests: 5, seconds: 10 },
      shadow: { percent: 12.5, requests: 100 },
    });
  });

  it('may leave everything else out, or say null', () => {
    const names = ['mode', 'dtype', 'dry_run', 'force', 'wait', 'gates', 'probation', 'shadow'];
    const nulls = Object.fromEntries(names.map((name) => [name, null]));
    expect(updateRequest({ model_path: 'local://b', ...nulls })).toEqual(plain);
  });

  it('overrides only those limits that it names', () => {
    const { limits } = updateRequest({ model_path: 'b', gates: { minTop1Overlap: 0.9, threshold: 0.5 } });
    expect(Object.entries(limits ?? {})).toEqual([['minTop1Overlap', 0.9]]);
    const { probation } = updateRequest({ model_path: 'b', probation: { seconds: 5 } });
    expect(Object.entries(probation ?? {})).toEqual([['seconds', 5]]);
  });

  it('may ask for no probation', () => {
    expect(updateRequest({ model_path: 'b', probation: false }).probation).toEqual({ requests: 0 });
  });

  it('lets no probation last longer than a timer does', () => {
    const { probation } = updateRequest({ model_path: 'b', probation: { seconds: 24 * 86_400 } });
    expect((probation?.seconds ?? 0) * 1000).toBeLessThan(2 ** 31);
  });

  it('must name the model', () => {
    for (const body of [{}, { model_path: null }, { model: null, dry_run: true }]) {
      expect(() => updateRequest(body)).toThrow(invalid('model_path is missing'));
    }
    for (const body of [undefined, null, [], 'local://b', 7]) {
      expect(() => updateRequest(body)).toThrow(invalid('the body must be a JSON object'));
    }
  });

  it.each<[object, string]>([
    [{ model_path: '' }, 'model_path: must not be empty'],
    [{ model_path: 7 }, 'model_path: must be a string'],
    [{ model_path: 'x'.repeat(4097) }, 'model_path: must not be longer than 4096 characters'],
    [{ mode: 'fast' }, 'mode: must be one of auto, beside, hold'],
    [{ dtype: 'int4' }, 'dtype: must be one of auto, fp32, fp16, int8'],
    [{ dry_run: 'yes' }, 'dry_run: must be true or false'],
    [{ force: 1 }, 'force: must be true or false'],
    [{ wait: 'true' }, 'wait: must be true or false'],
    [{ gates: { minKendallTau: 1.1 } }, 'gates.minKendallTau: must be from -1 to 1'],
    [{ gates: { minTop1Overlap: '1' } }, 'gates.minTop1Overlap: must be a number from 0 to 1'],
    [{ gates: { maxThresholdCrossing: -0.1 } }, 'gates.maxThresholdCrossing: must be from 0 to 1'],
    [{ gates: { threshold: 2 } }, 'gates.threshold: must be from 0 to 1'],
    [{ gates: { min_kendall_tau: 0.9 } }, 'unknown field "gates.min_kendall_tau"'],
    [{ probation: { requests: 1.5 } }, 'probation.requests: must be a whole number'],
    [{ probation: { seconds: 24 * 86_400 + 1 } }, 'probation.seconds: must be from 0 to 2073600'],
    [{ shadow: { percent: 0, requests: 1 } }, 'shadow.percent: must be from 0.001 to 100'],
    [{ shadow: { percent: 50, requests: 0 } }, 'shadow.requests: must be from 1 to 10000'],
    [{ shadow: { percent: 50 } }, 'shadow.requests: must be a number from 1 to 10000'],
  ])('%j is refused by the name of the field', (fields, message) => {
    expect(() => updateRequest({ model_path: 'local://b', ...fields })).toThrow(invalid(message));
  });

  it.each<[object, string, string]>([
    [{ swap_mode: 'hold' }, 'unknown field "swap_mode"', 'The fields are model_path, model, mode,'],
    [{ a: 1, b: 2 }, 'unknown fields "a", "b"', 'The fields are model_path, model, mode,'],
    [
      { shadow: { percent: 1, requests: 1, x: 1 } },
      'unknown field "shadow.x"',
      'The fields of shadow are percent, ',
    ],
    [
      { probation: { x: 1 } },
      'unknown field "probation.x"',
      'The fields of probation are requests, seconds.',
    ],
  ])('%j has a field that is none, and the answer lists those that are', (fields, message, hint) => {
    expect(() => updateRequest({ model_path: 'b', ...fields })).toThrow(
      expect.objectContaining({ type: 'invalid_request', message, detail: expect.stringContaining(hint) }),
    );
  });

  it('says what is wrong with a probation that is none', () => {
    for (const probation of [true, 'no', 5, []]) {
      expect(() => updateRequest({ model_path: 'b', probation })).toThrow(
        invalid('probation: must be false, or {"requests": …, "seconds": …}'),
      );
    }
    expect(() => updateRequest({ model_path: 'b', probation: { minutes: 5 } })).toThrow(
      invalid('unknown field "probation.minutes"'),
    );
  });
});

describe('the body of a rollback', () => {
  it('may name where to', () => {
    expect(rollbackRequest({ to: 'local://a' })).toEqual({ to: 'local://a' });
    expect(rollbackRequest({ to: 'local://a', dtype: 'int8' })).toEqual({ to: 'local://a', dtype: 'int8' });
    for (const body of [undefined, {}, { to: null }]) expect(rollbackRequest(body)).toEqual({});
  });

  it('names one model', () => {
    expect(() => rollbackRequest({ to: 3 })).toThrow(invalid('to: must be a string'));
    expect(() => rollbackRequest({ to: 'a', dtype: 'int4' })).toThrow(
      invalid('dtype: must be one of auto, fp32, fp16, int8'),
    );
    expect(() => rollbackRequest({ dtype: 'int8' })).toThrow(
      invalid('to is missing: dtype says which form of it is meant'),
    );
    expect(() => rollbackRequest('local://a')).toThrow(invalid('the body must be a JSON object'));
  });
});
