import { beforeEach, describe, expect, it } from 'vitest';
import type { Generation } from '../../../src/model/generation.ts';
import { Standby } from '../../../src/serving/probation/standby.ts';
import { drainWithin } from '../../../src/serving/slot/drain.ts';
import { ModelSlot } from '../../../src/serving/slot/model-slot.ts';
import { changeModel } from '../../../src/serving/update/change-model.ts';
import type { ChangeParts } from '../../../src/serving/update/change-parts.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someOperation } from '../../support/operations.ts';
import { someMetrics } from '../../support/some-metrics.ts';

describe('the model before, when it comes back', () => {
  const DRAIN_MS = 60_000;
  let clock: ManualClock;
  let slot: ModelSlot<Generation>;
  let standby: Standby;
  let parts: ChangeParts;
  const old = fakeGeneration('old');
  const goBack = (): Promise<unknown> => {
    const target = { reference: 'local://old', digest: old.identity.digest };
    const change = { kind: 'rollback', target, force: true, dryRun: false, wait: false } as const;
    return changeModel(parts, someOperation(), change);
  };

  beforeEach(async () => {
    clock = new ManualClock();
    slot = new ModelSlot<Generation>(clock);
    standby = new Standby((model) => drainWithin(slot, model, DRAIN_MS, clock));
    await slot.swap(old);
    await slot.swap(fakeGeneration('next'));
    standby.keep(old, undefined);
    parts = {
      slot,
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
