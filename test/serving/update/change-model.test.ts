import { beforeEach, describe, expect, it } from 'vitest';
import {
  BEGIN,
  BESIDE,
  COMPILE,
  HELD,
  IN_WINDOW,
  LOAD,
  MAKE_ROOM,
  PERSIST,
  PRESTART,
  RETIRE,
  STAGE,
} from '../../support/change-steps.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { NotedChange } from '../../support/noted-change.ts';
import { valueOf } from '../../support/some-metrics.ts';

let change: NotedChange;
beforeEach(() => {
  change = new NotedChange();
});

const hold = (): void => void (change.answers.mode = 'hold');

describe('an update', () => {
  it('beside the model that serves looks at the new one before it touches anything', async () => {
    const outcome = await change.run({ shadow: { percent: 100, requests: 9 } });
    expect(change.steps).toEqual([...BESIDE, 'slot.swap', ...PERSIST, 'probation.terms', ...RETIRE]);
    expect(outcome).toEqual({ currentModel: 'local://next', previousModel: 'local://old' });
    expect(change.slot.current).toBe(change.next);
    expect(change.told('probation.end')).toEqual(['another update came']);
    expect(change.told('preparation.load')?.at(-1)).toEqual({ beside: true });
    expect(change.told('gates.check')?.slice(4)).toEqual([change.old]);
    const { digest } = change.next.identity;
    expect(await valueOf(change.metrics, 'rerankd_model_info', { digest })).toBe(1);
  });

  it('in the place of the model that serves has everything ready before that one ends', async () => {
    hold();
    await change.run();
    expect(change.steps).toEqual([...HELD, ...IN_WINDOW, ...PERSIST, 'probation.terms', ...RETIRE]);
    expect(change.slot.current).toBe(change.next);
  });

  it('in the place of the model that serves is compared with what that one answered, and briefly', async () => {
    hold();
    change.answers.recorded = { of: 'old' };
    await change.run();
    expect(change.told('gates.check')?.slice(4)).toEqual([change.answers.recorded, true]);
  });

  it('in the place of the model that serves tells how long requests waited, and how many', async () => {
    hold();
    change.at('gates.check', () => {
      change.clock.advance(1500.0004);
      void change.slot.lease();
    });
    await change.run();
    expect(change.operation.report).toMatchObject({ lock_held_ms: 1500, held_requests: 1 });
    expect(await valueOf(change.metrics, 'rerankd_swap_held_requests_total')).toBe(1);
    const { values } = await change.metrics.swapLock.get();
    expect(values).toContainEqual(
      expect.objectContaining({ metricName: expect.stringMatching(/_sum$/), value: expect.closeTo(1.5, 3) }),
    );
  });

  it('in the place of the model that serves says what it can not promise', async () => {
    hold();
    change.answers.doubt = 'it may not fit';
    await change.run({ shadow: { percent: 100, requests: 9 } });
    expect(change.operation.report.warnings).toEqual([
      'it may not fit',
      expect.stringMatching(/^live requests were not scored on the new model first/),
    ]);
    expect(change.steps).not.toContain('shadow.run');
  });

  it('to the model before, which is still loaded, only moves the requests', async () => {
    const before = fakeGeneration('before');
    change.answers.standby = before;
    await change.run();
    const swap = ['probation.end', 'standby.takeBack', 'slot.swap'];
    expect(change.steps).toEqual([...STAGE, ...BEGIN, ...swap, ...PERSIST, 'probation.terms', ...RETIRE]);
    expect(change.slot.current).toBe(before);
    expect(await valueOf(change.metrics, 'rerankd_store_lookups_total', { tier: 'memory' })).toBe(1);
  });

  it('keeps the old model at hand while the new one is on probation', async () => {
    const terms = { requests: 9, seconds: 9 };
    change.answers.probation = terms;
    await change.run();
    const watch = ['probation.terms', 'standby.keep', 'probation.begin'];
    expect(change.steps.slice(-watch.length - RETIRE.length)).toEqual([...watch, ...RETIRE]);
    expect(change.told('standby.keep')?.[0]).toBe(change.old);
    expect(change.told('probation.begin')).toEqual([change.next, change.old, terms, change.operation]);
    expect(change.told('retirement.retire')).toEqual([change.operation, change.old, true]);
    expect(change.operation.report.phase).toBe('probation');
  });

  it('has no old model to keep at hand where that one had to end', async () => {
    hold();
    change.answers.probation = { requests: 9, seconds: 9 };
    await change.run();
    expect(change.steps).not.toContain('standby.keep');
    expect(change.steps).toContain('probation.begin');
    expect(change.told('retirement.retire')).toEqual([change.operation, change.old, false]);
  });

  it('to what serves already changes nothing', async () => {
    change.answers.digest = change.old.identity.digest;
    await change.run();
    expect(change.steps).toEqual([
      'preparation.stage',
      'record.assertNotQuarantined',
      'record.forgetUnreferenced',
    ]);
  });

  it('to what serves already, in another form, is a change', async () => {
    change.answers.digest = change.old.identity.digest;
    await change.run({ target: { reference: 'local://next', dtype: 'int8' } });
    expect(change.slot.current).toBe(change.next);
  });

  it.each(['record.begin', 'record.swapped'] as const)(
    'that %s could not note says what a restart would serve',
    async (step) => {
      change.answers.unkept = step;
      await change.run();
      expect(change.operation.report.warnings).toEqual([
        'the disk is full. A restart would serve local://old.',
      ]);
    },
  );
});

describe('a change of another kind', () => {
  it('that goes back is not held against quarantine, golden set or probation', async () => {
    change.answers.probation = { requests: 9, seconds: 9 };
    await change.run({ kind: 'rollback', force: true, badBecause: 'it failed' });
    expect(change.steps).toEqual([
      'preparation.stage',
      ...BEGIN,
      ...COMPILE,
      ...MAKE_ROOM,
      'modes.choose',
      ...LOAD,
      'slot.swap',
      ...PERSIST,
      ...RETIRE,
    ]);
    expect(change.told('record.swapped')?.at(1)).toBe('it failed');
    expect(change.told('retirement.retire')).toEqual([change.operation, change.old, false]);
  });

  it('that only makes a model ready compiles it and has its copy wait', async () => {
    const outcome = await change.run({ kind: 'preload' });
    expect(change.steps).toEqual([
      ...STAGE,
      'modes.isTight',
      'preparation.compile',
      'preparation.keepAhead',
      'record.forgetUnreferenced',
    ]);
    expect(outcome.currentModel).toBe('local://old');
  });

  it.each([
    ['beside', [...LOAD, 'next.close'], []],
    [
      'hold',
      [...PRESTART, 'prestart.close'],
      [expect.stringContaining('the scores of the new one were not looked at')],
    ],
  ] as const)(
    'that is a trial %s ends what it began, and leaves the model before its chance',
    async (mode, trial, warnings) => {
      change.answers.mode = mode;
      const outcome = await change.run({ dryRun: true });
      const end = ['preparation.keepAhead', 'record.forgetUnreferenced'];
      expect(change.steps).toEqual([...STAGE, ...COMPILE, 'modes.choose', ...trial, ...end]);
      expect(outcome.currentModel).toBe('local://old');
      expect(change.slot.current).toBe(change.old);
      expect(change.operation.report.warnings).toEqual(warnings);
    },
  );
});
