import { describe, expect, it } from 'vitest';
import { busySeconds, othersCores } from '../../../bench/serve/process/cpu-snapshot.ts';
import { parseStat } from '../../../bench/serve/process/cpu-time.ts';

describe('parseStat', () => {
  it('finds the times behind any name', () => {
    const stat = '42 (a) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 30 10 20 0 4 0 100 1000 10';
    expect(parseStat(stat)).toEqual({ own: 3, ended: 0.4 });
  });

  it('takes a process that is gone for one that did nothing', () => {
    expect(parseStat('')).toEqual({ own: 0, ended: 0 });
  });
});

describe('othersCores', () => {
  it('is what the machine did beyond the bench', () => {
    const before = { takenAtMs: 0, treeSeconds: 0, mainSeconds: 0, benchSeconds: 10, machineSeconds: 100 };
    const after = { ...before, takenAtMs: 2000, benchSeconds: 14, machineSeconds: 107 };
    expect(othersCores(before, after)).toBe(1.5);
  });

  it('counts all but idle time and waiting for disks', () => {
    expect(busySeconds('cpu  100 200 300 9999 9999 10 20 70 5 5\ncpu0 1 1 1\n')).toBe(7);
    expect(busySeconds('')).toBeNaN();
  });
});
