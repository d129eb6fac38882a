import { beforeEach, describe, expect, it } from 'vitest';
import { drainWithin } from '../../../src/serving/slot/drain.ts';
import type { Lease } from '../../../src/serving/slot/leased.ts';
import { ModelSlot } from '../../../src/serving/slot/model-slot.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('a drain', () => {
  const [old, next] = [{ name: 'old' }, { name: 'next' }];
  let clock: ManualClock;
  let slot: ModelSlot<object>;
  let lease: Lease<object>;

  beforeEach(async () => {
    clock = new ManualClock();
    slot = new ModelSlot<object>(clock);
    await slot.swap(old);
    lease = await slot.lease();
    await slot.swap(next);
  });

  it('ends with the last request, and leaves no timer behind', async () => {
    const drained = drainWithin(slot, old, 1000, clock);
    lease.release();
    expect(await drained).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('ends when the time is up', async () => {
    const drained = drainWithin(slot, old, 1000, clock);
    clock.advance(1000);
    expect(await drained).toBe(false);
  });

  it('ends when it is given up', async () => {
    const stop = new AbortController();
    const drained = drainWithin(slot, old, 1000, clock, stop.signal);
    stop.abort();
    expect(await drained).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('has nothing to wait for where nobody uses the model', async () => {
    expect(await drainWithin(slot, { name: 'never served' }, 1000, clock)).toBe(true);
  });
});
