import { beforeEach, describe, expect, it } from 'vitest';
import { GpuFootprint } from '../../src/model/gpu-footprint.ts';
import { GpuWatch } from '../../src/platform/memory/gpu-watch.ts';
import { LogBook } from '../support/log-book.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MIB = 2 ** 20;
const TOTAL = 1000;

/** Clients of a pretend card, in MiB by process id. */
let clients: Map<number, number>;
/** What nobody listed holds, in MiB. */
let unlisted: number;
let isListing: boolean;
let asked: number;
/** Answers that the driver does not give. */
let silences: number;
let clock: ManualClock;
let watch: GpuWatch;

beforeEach(() => {
  clients = new Map();
  unlisted = 0;
  isListing = true;
  asked = 0;
  silences = 0;
  clock = new ManualClock();
  watch = new GpuWatch({
    clock,
    logger: new LogBook().logger,
    read: async () => {
      asked++;
      if (silences-- > 0) return undefined;
      const usedBytes = [...clients.values()].reduce((sum, mib) => sum + mib, unlisted) * MIB;
      const processes = new Map(isListing ? [...clients].map(([pid, mib]) => [pid, mib * MIB]) : []);
      return {
        name: 'Card',
        totalBytes: TOTAL * MIB,
        usedBytes,
        freeBytes: TOTAL * MIB - usedBytes,
        processes,
      };
    },
  });
});

/** A model of one engine with the process id 7, loaded and warm. */
async function loaded(mib: number): Promise<GpuFootprint> {
  const footprint = new GpuFootprint(watch, await watch.read([]), () => [7]);
  clients.set(7, mib);
  await footprint.measure();
  return footprint;
}

describe('what a model holds on the card', () => {
  it('is what the driver says of its processes', async () => {
    clients.set(99, 50);
    const footprint = await loaded(300);
    clients.set(99, 400);
    expect((await footprint.look(0))?.heldBytes).toBe(300 * MIB);
  });

  it('is the difference that the load made, where the driver knows other process ids', async () => {
    isListing = false;
    clients.set(99, 50);
    const footprint = await loaded(300);
    clients.set(99, 400);
    expect((await footprint.look(0))?.heldBytes).toBe(300 * MIB);
  });

  it('is known by process id although the card could not be read before the load', async () => {
    const footprint = new GpuFootprint(watch, undefined, () => [7]);
    clients.set(7, 300);
    await footprint.measure();
    expect(footprint.peakBytes).toBe(300 * MIB);
  });

  it('remembers its peak', async () => {
    const footprint = await loaded(300);
    clients.set(7, 500);
    await footprint.look(0);
    clients.set(7, 200);
    expect((await footprint.look(0))?.heldBytes).toBe(200 * MIB);
    expect(footprint.peakBytes).toBe(500 * MIB);
  });
});

describe('the end of a model', () => {
  /** Lets the polls go on until the promise has settled. */
  async function settled<T>(promise: Promise<T>): Promise<T> {
    for (;;) {
      const turn = new Promise<'not yet'>((resolve) => setImmediate(() => resolve('not yet')));
      const outcome = await Promise.race([promise, turn]);
      if (outcome !== 'not yet') return outcome;
      clock.advance(100);
    }
  }

  it('is confirmed at once when the memory is back', async () => {
    const release = await (await loaded(300)).release();
    clients.clear();
    const before = asked;
    expect(await release?.confirm()).toBeUndefined();
    expect(asked - before).toBe(1);
  });

  it('is waited for while the driver still frees', async () => {
    const release = await (await loaded(300)).release();
    clients.clear();
    unlisted = 300;
    clock.after(900, () => (unlisted = 0));
    expect(await settled(release?.confirm() ?? Promise.reject(new Error('no release')))).toBeUndefined();
    expect(clock.now()).toBeGreaterThanOrEqual(900);
    expect(clock.now()).toBeLessThan(1_500);
  });

  it('is waited for while a process is still listed, though it holds little', async () => {
    const release = await (await loaded(300)).release();
    clients.set(7, 1);
    clock.after(500, () => clients.clear());
    expect(await settled(release?.confirm() ?? Promise.reject(new Error('no release')))).toBeUndefined();
    expect(clock.now()).toBeGreaterThanOrEqual(500);
  });

  it('goes on after five seconds, and says what is held by whom', async () => {
    const release = await (await loaded(300)).release();
    clients.set(7, 200);
    const held = await settled(release?.confirm() ?? Promise.reject(new Error('no release')));
    expect(held).toEqual({ bytes: 200 * MIB, pids: [7], card: 'Card' });
    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
    expect(clock.now()).toBeLessThan(6_000);
  });

  it('is waited for although the driver was too busy to answer, before it or once after it', async () => {
    const footprint = await loaded(300);
    clock.advance(10_000);
    silences = 1;
    const release = await footprint.release();
    clients.clear();
    unlisted = 300;
    silences = 1;
    clock.after(900, () => (unlisted = 0));
    expect(await settled(release?.confirm() ?? Promise.reject(new Error('no release')))).toBeUndefined();
    expect(clock.now()).toBeGreaterThanOrEqual(10_900);
  });

  it('is not waited for where the driver does not answer any more', async () => {
    const release = await (await loaded(300)).release();
    const before = asked;
    silences = 100;
    expect(await settled(release?.confirm() ?? Promise.reject(new Error('no release')))).toBeUndefined();
    expect(asked - before).toBe(2);
  });

  it('does not wait for what others took meanwhile', async () => {
    clients.set(99, 50);
    const release = await (await loaded(300)).release();
    clients.delete(7);
    clients.set(99, 450);
    const before = asked;
    expect(await release?.confirm()).toBeUndefined();
    expect(asked - before).toBe(1);
  });
});
