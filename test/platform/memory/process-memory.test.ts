import { expect, it } from 'vitest';
import { readOwnMemory, readProcessMemory } from '../../../src/platform/memory/process-memory.ts';
import type { ReadText } from '../../../src/platform/memory/read-text.ts';

const MIB = 2 ** 20;

const status = (fields: Readonly<Record<string, number>>): string =>
  ['Name:\tnode', ...Object.entries(fields).map(([name, mib]) => `${name}:\t${mib * 1024} kB`), ''].join(
    '\n',
  );

const files: Readonly<Record<string, string>> = {
  '/proc/11/status': status({ VmHWM: 900, VmRSS: 700, RssAnon: 90, RssFile: 600, RssShmem: 10 }),
  '/proc/12/status': status({ VmHWM: 500, VmRSS: 450, RssAnon: 50, RssFile: 480, RssShmem: 0 }),
  // Ended, and not yet reaped.
  '/proc/13/status': 'Name:\tnode\nState:\tZ (zombie)\n',
  '/proc/14/status': status({ VmHWM: 300, VmRSS: 200 }),
};
const read: ReadText = (path) => Promise.resolve(files[path]);

it('tells what processes hold for themselves now and held at most, without mapped files', async () => {
  expect(await readProcessMemory([11, 12], read)).toEqual({
    processes: [
      { pid: 11, ownBytes: 100 * MIB, peakBytes: 300 * MIB },
      // 500 - 480 is less than is held now.
      { pid: 12, ownBytes: 50 * MIB, peakBytes: 50 * MIB },
    ],
    ownBytes: 150 * MIB,
    peakBytes: 350 * MIB,
  });
});

it('counts processes that have ended as 0', async () => {
  expect(await readProcessMemory([13, 99], read)).toEqual({
    processes: [
      { pid: 13, ownBytes: 0, peakBytes: 0 },
      { pid: 99, ownBytes: 0, peakBytes: 0 },
    ],
    ownBytes: 0,
    peakBytes: 0,
  });
  expect(await readProcessMemory([], read)).toEqual({ processes: [], ownBytes: 0, peakBytes: 0 });
});

it('takes the whole resident memory where the kernel does not divide it', async () => {
  expect(await readProcessMemory([14], read)).toMatchObject({ ownBytes: 200 * MIB, peakBytes: 300 * MIB });
});

it('reads the figures of this process, with or without /proc', async () => {
  for (const reader of [undefined, () => Promise.resolve(undefined)] as const) {
    const { ownBytes, peakBytes } = await readOwnMemory(reader);
    expect(ownBytes).toBeGreaterThan(10 * MIB);
    expect(peakBytes).toBeGreaterThanOrEqual(ownBytes);
  }
});

it.runIf(process.platform === 'linux')('sees memory that this process takes', async () => {
  const before = await readOwnMemory();
  const taken = Buffer.alloc(64 * MIB, 1);
  const after = await readOwnMemory();
  // The kernel adds the figures up now and then only.
  expect(after.ownBytes - before.ownBytes).toBeGreaterThan(taken.length - 8 * MIB);
});
