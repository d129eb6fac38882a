import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { warmPageCache } from '../../src/platform/page-cache.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const MIB = 2 ** 20;
const never = new AbortController().signal;

async function twoFiles(): Promise<[string, string]> {
  const directory = await temporaryDirectory();
  const paths: [string, string] = [join(directory, 'a'), join(directory, 'b')];
  await writeFile(paths[0], Buffer.alloc(2 * MIB + 5));
  await writeFile(paths[1], Buffer.alloc(MIB));
  return paths;
}

describe('warming the page cache', () => {
  it('reads all files to the end, and skips one that is missing', async () => {
    const [a, b] = await twoFiles();
    expect(await warmPageCache([a, `${a}.missing`, b], 100 * MIB, never)).toBe(3 * MIB + 5);
  });

  it('stops at the limit for all files together, to the byte', async () => {
    const paths = await twoFiles();
    expect(await warmPageCache(paths, MIB + 7, never)).toBe(MIB + 7);
    expect(await warmPageCache(paths, 2 * MIB + 10, never)).toBe(2 * MIB + 10);
    expect(await warmPageCache(paths, 0, never)).toBe(0);
  });

  it('ends with the reason of the signal', async () => {
    const paths = await twoFiles();
    const reason = new Error('cancelled');
    await expect(warmPageCache(paths, 100 * MIB, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const reading = warmPageCache(paths, 100 * MIB, controller.signal);
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('lets the event loop turn for every piece', async () => {
    const path = join(await temporaryDirectory(), 'sparse');
    await writeFile(path, '');
    await truncate(path, 64 * MIB);
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await warmPageCache([path], 100 * MIB, never);
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(64);
  });

  it('says what went wrong when a file is there and can not be read', async () => {
    const directory = await temporaryDirectory();
    await expect(warmPageCache([directory], MIB, never)).rejects.toThrow(/EISDIR/);
  });
});
