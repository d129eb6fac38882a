import { describe, expect, it } from 'vitest';
import { ReadWriteLock } from '../../../src/serving/slot/read-write-lock.ts';

describe('the read-write lock', () => {
  it('lets readers in together and writers alone', async () => {
    const lock = new ReadWriteLock();
    let readers = 0;
    let writers = 0;
    let together = 0;
    const read = () =>
      lock.read(async () => {
        readers++;
        together = Math.max(together, readers);
        expect(writers).toBe(0);
        await new Promise(setImmediate);
        readers--;
      });
    const write = () =>
      lock.write(async () => {
        writers++;
        expect([readers, writers]).toEqual([0, 1]);
        await new Promise(setImmediate);
        writers--;
      });
    await Promise.all([
      read(),
      read(),
      write(),
      read(),
      write(),
      ...Array.from({ length: 100 }, read),
      write(),
    ]);
    expect(together).toBeGreaterThan(1);
  });

  it('lets no reader pass a waiting writer, so that a swap comes through under constant load', async () => {
    const lock = new ReadWriteLock();
    const order: string[] = [];
    const hold = Promise.withResolvers<void>();
    const first = lock.read(() => hold.promise);
    const writer = lock.write(() => void order.push('writer'));
    const late = lock.read(() => void order.push('late reader'));
    hold.resolve();
    await Promise.all([first, writer, late]);
    expect(order).toEqual(['writer', 'late reader']);
  });

  it('is free again after a section throws', async () => {
    const lock = new ReadWriteLock();
    await expect(
      lock.write(() => {
        throw new Error('broken');
      }),
    ).rejects.toThrow('broken');
    await expect(lock.read(() => 1)).resolves.toBe(1);
  });
});
