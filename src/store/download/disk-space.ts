import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { formatBytes } from '../../platform/memory/format-bytes.ts';
import type { DiskSpace, Reservation } from './blob.ts';

export interface DiskSpaceOptions {
  /** Bytes of each file system that stay free. */
  readonly floorBytes: number;
  /** In place of what the file system says. */
  readonly freeBytes?: (directory: string) => Promise<number>;
}

/** Knows what is free, less what this process has promised to downloads that have not written it yet. */
export function createDiskSpace({ floorBytes, freeBytes = freeBytesOf }: DiskSpaceOptions): DiskSpace {
  const promised = new Map<number, number>();
  return {
    async reserve(directory, bytes) {
      const existing = await nearestExisting(directory);
      const { dev } = await stat(existing);
      const free = await freeBytes(existing);
      const taken = promised.get(dev) ?? 0;
      if (bytes > free - taken - floorBytes) throw shortage(directory, { bytes, free, taken, floorBytes });
      promised.set(dev, taken + bytes);
      return reservation(bytes, (given) => promised.set(dev, Math.max(0, (promised.get(dev) ?? 0) - given)));
    },
  };
}

function reservation(bytes: number, giveBack: (bytes: number) => void): Reservation {
  let left = bytes;
  const give = (given: number): void => {
    const now = Math.min(left, given);
    left -= now;
    giveBack(now);
  };
  return { use: give, release: () => give(left) };
}

function shortage(
  directory: string,
  figures: { bytes: number; free: number; taken: number; floorBytes: number },
): ServiceError {
  const { bytes, free, taken, floorBytes } = figures;
  return new ServiceError(
    'insufficient_storage',
    `${formatBytes(bytes)} are needed in ${directory}, and ${formatBytes(Math.max(0, free - taken - floorBytes))} are to be had there`,
    {
      detail:
        `The file system has ${formatBytes(free)} free, ${formatBytes(taken)} of it promised to other downloads and ` +
        `${formatBytes(floorBytes)} to stay free. Make room there, or move the cache to a larger volume.`,
    },
  );
}

async function nearestExisting(directory: string): Promise<string> {
  for (let path = directory; ; path = dirname(path)) {
    if (path === dirname(path) || (await stat(path).catch(() => undefined)) !== undefined) return path;
  }
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
