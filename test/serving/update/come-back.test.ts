import { beforeEach, describe, expect, it } from 'vitest';
import { afterSwap, initialState } from '../../../src/serving/state/history.ts';
import type { ModelEntry } from '../../../src/serving/state/serving-state.ts';
import type { ChangeParts } from '../../../src/serving/update/change-parts.ts';
import { comeBack } from '../../../src/serving/update/come-back.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { LogBook } from '../../support/log-book.ts';
import { someMetrics, valueOf } from '../../support/some-metrics.ts';

const entry = (name: string): ModelEntry => ({
  model: `local://${name}`,
  digest: name.repeat(9),
  dtype: 'int8',
});
const since = new Date(0);
const terms = { since, configured: 'auto' } as const;
const STATE = afterSwap(initialState(entry('before'), since), entry('old'), terms, 5);
const because = new Error('the new one has no head');

/** What was tried to load, in order. */
let tried: string[];
/** What was written down to serve from now on. */
let swapped: ModelEntry[];
let log: LogBook;
const metrics = someMetrics();

/** @param failures loads that fail before one succeeds */
function comeBackAfter(failures: number) {
  const parts = {
    preparation: {
      stage: async (target: object) => target,
      compile: async (staged: object, _work: unknown, dtype: string, isTight: boolean) => ({
        ...staged,
        as: `${dtype}, tight: ${isTight}`,
      }),
      load: async ({ reference, as }: { reference: string; as: string }) => {
        tried.push(`${reference} (${as})`);
        if (tried.length <= failures) throw new Error('its memory is not back yet');
        return fakeGeneration(reference.replace('local://', ''));
      },
    },
    record: { swapped: async (next: ModelEntry) => void swapped.push(next) },
    logger: log.logger,
    metrics,
  };
  return comeBack(parts as unknown as ChangeParts, STATE, because);
}

beforeEach(() => {
  tried = [];
  swapped = [];
  log = new LogBook();
});

describe('what comes back when a new model failed', () => {
  it('is the model that served, in its form, and nothing is measured meanwhile', async () => {
    const generation = await comeBackAfter(0);
    expect(generation.identity.reference).toBe('local://old');
    expect(tried).toEqual(['local://old (int8, tight: true)']);
    expect(await valueOf(metrics, 'rerankd_model_info', { model: 'local://old' })).toBe(1);
  });

  it('is the same one although it could not be loaded at first', async () => {
    const generation = await comeBackAfter(1);
    expect(generation.identity.reference).toBe('local://old');
    expect(swapped, 'that is written down already').toEqual([]);
    expect(log.find(/^local:\/\/old does not come back: its memory is not back yet$/)).toBeDefined();
  });

  it('is the one before it when that fails twice, for good', async () => {
    const generation = await comeBackAfter(2);
    expect(generation.identity.reference).toBe('local://before');
    expect(tried.map((name) => name.split(' ')[0])).toEqual(['local://old', 'local://old', 'local://before']);
    expect(swapped).toEqual([entry('before')]);
  });

  it('is nothing when all of them fail, and the reason is what the new one failed on', async () => {
    await expect(comeBackAfter(99)).rejects.toMatchObject({
      type: 'unavailable',
      message: 'no model serves any more: the new one has no head',
      cause: because,
    });
    expect(tried).toHaveLength(4);
  });
});
