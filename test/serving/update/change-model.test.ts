import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import type { Generation } from '../../../src/model/generation.ts';
import { Standby } from '../../../src/serving/probation/standby.ts';
import { drainWithin } from '../../../src/serving/slot/drain.ts';
import { ModelSlot } from '../../../src/serving/slot/model-slot.ts';
import { type ChangeParts, changeModel } from '../../../src/serving/update/change-model.ts';
import type { Change } from '../../../src/serving/update/change-request.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someOperation } from '../../support/operations.ts';
import { someMetrics } from '../../support/some-metrics.ts';

let touched: string[];
let slot: ModelSlot<Generation>;
let parts: ChangeParts;

beforeEach(async () => {
  touched = [];
  slot = new ModelSlot<Generation>(new ManualClock());
  await slot.swap(fakeGeneration('serving'));
  const touch = (what: string) => async () => void touched.push(what);
  const staged = { reference: 'local://next', digest: 'a'.repeat(64), directory: '/nowhere' };
  parts = {
    slot,
    preparation: {
      stage: async () => staged,
      compile: async () => staged,
      nest: touch('nest'),
      load: touch('load'),
    },
    gates: { requireUsableGolden: async () => {}, record: touch('record') },
    modes: {
      isTight: async () => true,
      requireCardForWeights: async () => {
        throw new ServiceError('insufficient_storage', 'its weights take 531 MiB of GPU memory');
      },
      choose: async () => ({ chosen: 'hold', why: 'hold' }),
      doubtAlone: async () => undefined,
    },
    record: {
      assertNotQuarantined: () => {},
      begin: async () => undefined,
      abandon: async () => {},
      forgetUnreferenced: async () => {},
    },
    standby: { matching: () => undefined, dismiss: touch('standby') },
    probation: { end: touch('probation') },
  } as unknown as ChangeParts;
});

describe('a model of which the weights are more than the whole card', () => {
  it.each([true, false])('is refused before anything is touched (dry run: %s)', async (dryRun) => {
    const change = {
      kind: 'update',
      dryRun,
      force: false,
      mode: 'hold',
      target: { reference: 'local://next' },
    };
    await expect(changeModel(parts, someOperation(), change as unknown as Change)).rejects.toMatchObject({
      type: 'insufficient_storage',
      message: 'its weights take 531 MiB of GPU memory',
    });
    expect(touched).toEqual([]);
    expect(slot.current?.identity.reference).toBe('local://serving');
    expect(slot.current?.isClosed).toBeFalsy();
  });
});

describe('the model before, when it comes back', () => {
  const DRAIN_MS = 60_000;
  let clock: ManualClock;
  let standby: Standby;
  const old = fakeGeneration('old');
  const goBack = (): Promise<unknown> => {
    const target = { reference: 'local://old', digest: old.identity.digest };
    const change = { kind: 'rollback', target, force: true, dryRun: false, wait: false } as const;
    return changeModel(parts, someOperation(), change);
  };

  beforeEach(async () => {
    clock = new ManualClock();
    standby = new Standby((model) => drainWithin(slot, model, DRAIN_MS, clock));
    await slot.swap(old);
    await slot.swap(fakeGeneration('next'));
    standby.keep(old, undefined);
    parts = {
      ...parts,
      preparation: { stage: async () => ({ ...old.identity, directory: '/nowhere' }) },
      record: {
        begin: async () => undefined,
        remember: () => {},
        swapped: async () => undefined,
        forgetUnreferenced: async () => {},
      },
      standby,
      probation: { end: () => {}, terms: () => undefined },
      retirement: { retire: async () => {} },
      metrics: someMetrics(),
    } as unknown as ChangeParts;
  });

  it('keeps those who had it as a standby, and is not thought to be drained before they are done', async () => {
    const claim = standby.lease();
    await goBack();
    expect(slot.current).toBe(old);
    await slot.swap(fakeGeneration('another'));
    let isDrained = false;
    const drained = drainWithin(slot, old, DRAIN_MS, clock).finally(() => (isDrained = true));
    await new Promise(setImmediate);
    expect(isDrained).toBe(false);
    claim?.release();
    expect(await drained).toBe(true);
  });
});
