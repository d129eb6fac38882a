import { describe, expect, it } from 'vitest';
import { deadline } from '../../src/platform/deadline.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;
const forever = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('a deadline', () => {
  it('leaves work alone that is done in time, and no timer behind', async () => {
    const clock = new ManualClock();
    await expect(deadline(clock, 100, never, async () => 'done')).resolves.toBe('done');
    expect(clock.pending).toBe(0);
  });

  it('ends work that takes too long, and tells it so', async () => {
    const clock = new ManualClock();
    let told: unknown;
    const late = deadline(clock, 100, never, (signal) => {
      signal.addEventListener('abort', () => {
        told = signal.reason;
      });
      return new Promise<never>(() => {});
    });
    clock.advance(100);
    await expect(late).rejects.toMatchObject({ type: 'timeout' });
    expect(told).toMatchObject({ type: 'timeout' });
  });

  it('ends work that nobody waits for', async () => {
    const client = new AbortController();
    const work = deadline(new ManualClock(), 100, client.signal, forever);
    client.abort();
    await expect(work).rejects.toMatchObject({ name: 'ClientGone' });
    await expect(deadline(new ManualClock(), 100, client.signal, forever)).rejects.toMatchObject({
      name: 'ClientGone',
    });
  });
});
