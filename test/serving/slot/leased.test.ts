import { describe, expect, it, vi } from 'vitest';
import { Leased } from '../../../src/serving/slot/leased.ts';

const model = { name: 'a' };

describe('a leased model', () => {
  it('is idle at once where nobody holds a lease', async () => {
    const leased = new Leased(model);
    await leased.idle();
    expect(leased.isIdle).toBe(true);
  });

  it('is idle when the last lease is released, which doing it again does not change', async () => {
    const leased = new Leased(model);
    const [first, second] = [leased.lease(), leased.lease()];
    expect(first.model).toBe(model);
    first.release();
    first.release();
    expect(leased.isIdle).toBe(false);
    const idle = Promise.all([leased.idle(), leased.idle()]);
    second.release();
    expect(leased.isIdle).toBe(true);
    await idle;
  });

  it('waits for the next lease anew', async () => {
    const onIdle = vi.fn<() => void>();
    const leased = new Leased(model, onIdle);
    leased.lease().release();
    const lease = leased.lease();
    const idle = leased.idle();
    expect(onIdle).toHaveBeenCalledTimes(1);
    lease.release();
    expect(onIdle).toHaveBeenCalledTimes(2);
    await idle;
  });
});
