import { beforeEach, describe, expect, it } from 'vitest';
import type { GpuMemory } from '../../../../src/platform/memory/gpu-memory.ts';
import { GpuWatch } from '../../../../src/platform/memory/gpu-watch.ts';
import { LogBook } from '../../../support/log-book.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const memory: GpuMemory = { name: 'Card', totalBytes: 3, usedBytes: 1, freeBytes: 2, processes: new Map() };

let clock: ManualClock;
let log: LogBook;
let asked: number;
let isBroken: boolean;
let watch: GpuWatch;

beforeEach(() => {
  clock = new ManualClock();
  log = new LogBook();
  asked = 0;
  isBroken = false;
  watch = new GpuWatch({
    clock,
    logger: log.logger,
    read: async (_pids, { onProblem }) => {
      asked++;
      if (isBroken) onProblem('the driver is gone');
      return isBroken ? undefined : memory;
    },
  });
});

describe('watching GPU memory', () => {
  it('asks the driver once for all who ask within some seconds', async () => {
    expect(await Promise.all([watch.read([]), watch.read([])])).toEqual([memory, memory]);
    clock.advance(4_999);
    await watch.read([]);
    expect(asked).toBe(1);
    clock.advance(2);
    await watch.read([]);
    expect(asked).toBe(2);
  });

  it('asks anew when the figures must be of this moment', async () => {
    await watch.read([]);
    await watch.read([], 0);
    expect(asked).toBe(2);
  });

  it('asks a broken driver seldom, says once why there are no figures, and notices when they come back', async () => {
    isBroken = true;
    expect(await watch.read([])).toBeUndefined();
    clock.advance(59_000);
    expect(await watch.read([])).toBeUndefined();
    expect(asked).toBe(1);
    clock.advance(2_000);
    expect(await watch.read([])).toBeUndefined();
    expect(asked).toBe(2);
    expect(log.messages).toEqual([expect.stringMatching(/GPU memory can't be read.*: the driver is gone$/)]);
    isBroken = false;
    clock.advance(61_000);
    expect(await watch.read([])).toEqual(memory);
  });
});
