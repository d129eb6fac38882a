import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Lease, ModelSlot } from '../../src/serving/slot/model-slot.ts';
import { ManualClock } from '../support/manual-clock.ts';

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
    expect(await isDrained(slot, failed)).toBe(true);
    await slot.swap({ name: 3 });
    expect(await isDrained(slot, old)).toBe(false);
    lease.release();
    expect(await isDrained(slot, old)).toBe(true);
  });
});
