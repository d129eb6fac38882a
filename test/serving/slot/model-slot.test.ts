import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lease } from '../../../src/serving/slot/leased.ts';
import { ModelSlot } from '../../../src/serving/slot/model-slot.ts';
import { ManualClock } from '../../support/manual-clock.ts';

interface FakeModel {
  readonly name: number;
}

async function isDrained(slot: ModelSlot<FakeModel>, model: FakeModel): Promise<boolean> {
  const pending = new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  return await Promise.race([slot.drained(model).then(() => true), pending]);
}

describe('the model slot', () => {
  it('refuses leases while it is empty', async () => {
    await expect(new ModelSlot<FakeModel>(new ManualClock()).lease()).rejects.toMatchObject({
      type: 'unavailable',
    });
  });

  it('keeps a model until its last lease is released, through any order of leases, releases and swaps', async () => {
    const steps = fc.array(fc.oneof(fc.constant('lease'), fc.constant('swap'), fc.nat(20)), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const slot = new ModelSlot<FakeModel>(new ManualClock());
        const models: FakeModel[] = [{ name: 0 }];
        const open: Lease<FakeModel>[] = [];
        await slot.swap(models[0] as FakeModel);
        for (const step of script) {
          if (step === 'lease') open.push(await slot.lease());
          else if (step === 'swap') {
            models.push({ name: models.length });
            await slot.swap(models.at(-1) as FakeModel);
          } else if (typeof step === 'number') {
            open.splice(step % Math.max(1, open.length), 1)[0]?.release();
          }
          expect(slot.current).toBe(models.at(-1));
        }
        for (const model of models.slice(0, -1)) {
          expect(await isDrained(slot, model)).toBe(open.every((lease) => lease.model !== model));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a double release of one lease from consuming another lease', async () => {
    const slot = new ModelSlot<FakeModel>(new ManualClock());
    const old = { name: 1 };
    await slot.swap(old);
    const [first, second] = [await slot.lease(), await slot.lease()];
    await slot.swap({ name: 2 });
    first.release();
    first.release();
    expect(await isDrained(slot, old)).toBe(false);
    second.release();
    expect(await isDrained(slot, old)).toBe(true);
  });

  it('takes a swapped-out model back with the leases that it still has', async () => {
    const slot = new ModelSlot<FakeModel>(new ManualClock());
    const [old, failed] = [{ name: 1 }, { name: 2 }];
    await slot.swap(old);
    const lease = await slot.lease();
    await slot.swap(failed);
    await slot.swap(old);
    expect(slot.current).toBe(old);
    expect(slot.retired, 'one that serves is not').toBe(0);
    expect(await isDrained(slot, failed)).toBe(true);
    await slot.swap({ name: 3 });
    expect(await isDrained(slot, old)).toBe(false);
    lease.release();
    expect(await isDrained(slot, old)).toBe(true);
  });
});

describe('a model that was used before it came', () => {
  it('is not drained before those are done who had it then', async () => {
    const slot = new ModelSlot<FakeModel>(new ManualClock());
    const [first, second] = [{ name: 1 }, { name: 2 }];
    const unused = Promise.withResolvers<void>();
    await slot.swap(first, unused.promise);
    await slot.swap(second);
    expect(await isDrained(slot, first)).toBe(false);
    expect(slot.retired).toBe(1);
    unused.resolve();
    await new Promise(setImmediate);
    expect(await isDrained(slot, first)).toBe(true);
    expect(slot.retired).toBe(0);
  });
});

describe('a model that takes the place of one that ends first', () => {
  const EXPECTED_MS = 1000;
  const [old, next] = [{ name: 1 }, { name: 2 }];
  const usable = (): boolean => true;
  const unusable = (): boolean => false;

  /** A slot whose window is open until the test says what comes of it. */
  async function openWindow(isUsable = unusable) {
    const clock = new ManualClock();
    clock.advance(60_000);
    const slot = new ModelSlot<FakeModel>(clock);
    expect(await slot.swap(old)).toEqual({ previous: undefined, lockHeldMs: 0, held: 0 });
    const opened = Promise.withResolvers<FakeModel>();
    const outcome = Promise.withResolvers<FakeModel>();
    const result = slot.replace(EXPECTED_MS, isUsable, (current) => {
      opened.resolve(current);
      return outcome.promise;
    });
    result.catch(() => {});
    expect(await opened.promise).toBe(old);
    return { clock, slot, outcome, result };
  }

  it('gets every request that came meanwhile; these are counted, and so is the time', async () => {
    const { clock, slot, outcome, result } = await openWindow();
    const waiting = [slot.lease(), slot.lease(), slot.lease()];
    expect(slot.isHeld).toBe(true);
    clock.advance(700);
    outcome.resolve(next);
    expect(await result).toEqual({ previous: old, lockHeldMs: 700, held: 3 });
    for (const lease of await Promise.all(waiting)) {
      expect(lease.model).toBe(next);
      lease.release();
    }
    expect(slot.current).toBe(next);
    expect(slot.isHeld).toBe(false);
    // The next window counts anew.
    const again = await slot.replace(EXPECTED_MS, unusable, async () => old);
    expect(again).toEqual({ previous: next, lockHeldMs: 0, held: 0 });
    // What has ended is not remembered: a thousand changes would be a thousand models.
    expect(slot.retired).toBe(0);
  });

  it('lets no request in before it is there', async () => {
    const { slot, outcome } = await openWindow();
    const lease = slot.lease();
    const soon = new Promise((resolve) => setImmediate(() => resolve('not yet')));
    expect(await Promise.race([lease, soon])).toBe('not yet');
    outcome.resolve(next);
    expect((await lease).model).toBe(next);
  });

  it('waits for those who still use the old one', async () => {
    const clock = new ManualClock();
    const slot = new ModelSlot<FakeModel>(clock);
    await slot.swap(old);
    const [first, second] = [await slot.lease(), await slot.lease()];
    const steps: string[] = [];
    const result = slot.replace(EXPECTED_MS, unusable, async (current) => {
      steps.push('the window opens');
      await slot.drained(current);
      steps.push('drained');
      return next;
    });
    await new Promise(setImmediate);
    first.release();
    await new Promise(setImmediate);
    expect(steps).toEqual(['the window opens']);
    second.release();
    await result;
    expect(steps).toEqual(['the window opens', 'drained']);
    // Nobody has to wait for what has ended.
    expect(await isDrained(slot, old)).toBe(true);
  });

  it('may be the old one again', async () => {
    const { slot, outcome, result } = await openWindow();
    const waiting = slot.lease();
    outcome.resolve(old);
    expect(await result).toMatchObject({ previous: old, held: 1 });
    expect((await waiting).model).toBe(old);
    expect(slot.current).toBe(old);
  });

  it('tells how long it will probably take, and does not promise what is late already', async () => {
    const { clock, slot, outcome, result } = await openWindow();
    expect(slot.expectedWaitMs).toBe(EXPECTED_MS);
    clock.advance(600);
    expect(slot.expectedWaitMs).toBe(EXPECTED_MS - 600);
    clock.advance(3400);
    expect(slot.expectedWaitMs).toBe(1000);
    outcome.resolve(next);
    await result;
    expect(slot.expectedWaitMs).toBe(0);
  });

  it('that fails leaves the old one where it still works', async () => {
    const { slot, outcome, result } = await openWindow(usable);
    const waiting = slot.lease();
    outcome.reject(new Error('too large'));
    await expect(result).rejects.toThrow('too large');
    expect((await waiting).model).toBe(old);
    expect([slot.current, slot.isHeld, slot.expectedWaitMs]).toEqual([old, false, 0]);
  });

  it('that fails when the old one has ended leaves nothing, and says so to whoever waits', async () => {
    const { slot, outcome, result } = await openWindow(unusable);
    const waiting = slot.lease();
    waiting.catch(() => {});
    outcome.reject(new Error('too large'));
    await expect(result).rejects.toThrow('too large');
    await expect(waiting).rejects.toMatchObject({ type: 'unavailable' });
    expect([slot.current, slot.isHeld]).toEqual([undefined, false]);
    // And the slot can be filled again.
    await slot.swap(next);
    expect((await slot.lease()).model).toBe(next);
  });

  it('leaves nothing of one that ended while it was still in use, once it is not', async () => {
    const slot = new ModelSlot<FakeModel>(new ManualClock());
    await slot.swap(old);
    const lease = await slot.lease();
    await slot.replace(EXPECTED_MS, unusable, async () => next);
    expect(slot.retired).toBe(1);
    lease.release();
    expect(slot.retired).toBe(0);
  });

  it('needs one that serves', async () => {
    const slot = new ModelSlot<FakeModel>(new ManualClock());
    await expect(slot.replace(EXPECTED_MS, unusable, async () => next)).rejects.toMatchObject({
      type: 'unavailable',
    });
    expect(slot.isHeld).toBe(false);
  });

  it('has only so many requests wait for it', async () => {
    const { clock, slot, outcome } = await openWindow();
    const limit = 20_000;
    const waiting = Array.from({ length: limit }, () => slot.lease());
    clock.advance(100);
    await expect(slot.lease()).rejects.toMatchObject({ type: 'unavailable', retryAfterSeconds: 1 });
    clock.advance(7_900);
    await expect(slot.lease()).rejects.toMatchObject({ retryAfterSeconds: 2 });
    outcome.resolve(next);
    expect(await Promise.all(waiting)).toHaveLength(limit);
    expect((await slot.lease()).model).toBe(next);
  });
});
