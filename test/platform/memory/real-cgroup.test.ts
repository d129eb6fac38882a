import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { FreeMemory } from '../../../src/platform/memory/free-memory.ts';
import { MemoryCgroup, whyNoMemoryCgroup, withReason } from '../../support/memory-cgroup.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const MIB = 2 ** 20;
const LIMIT_BYTES = 256 * MIB;
const TMPFS_MAGIC = 0x01021994;

/** Figures that the kernel adds up per processor, now and then, and what Node itself takes meanwhile. */
const SLACK_BYTES = 24 * MIB;

const whyNot = await whyNoMemoryCgroup();

const freeMemoryModule = new URL('../../../src/platform/memory/free-memory.ts', import.meta.url);

/** Runs a script inside, which may call `free()`, and prints a list. */
async function inside(cgroup: MemoryCgroup, script: string, ...args: string[]): Promise<FreeMemory[]> {
  const source = `
    import { writeFile } from 'node:fs/promises';
    import { readFreeMemory as free } from ${JSON.stringify(freeMemoryModule.href)};
    console.log(JSON.stringify(await (async () => { ${script} })()));`;
  const child = cgroup.spawn(process.execPath, ['--input-type=module', '--eval', source, ...args], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.stdout === null || child.stderr === null) throw new Error('pipes were asked for');
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (out === '') throw new Error(`the script failed: ${error}`);
  return JSON.parse(out) as FreeMemory[];
}

describe.skipIf(whyNot !== undefined)(withReason('free memory in a real cgroup', whyNot), () => {
  it('is less than the limit by what the process takes', async () => {
    await using cgroup = await MemoryCgroup.create(LIMIT_BYTES);
    const [reading] = await inside(cgroup, 'return [await free()];');
    expect(reading?.limitedBy).toBe('the cgroup limit of 256 MiB');
    expect(reading?.bytes).toBeLessThan(LIMIT_BYTES - 10 * MIB);
    expect(reading?.bytes).toBeGreaterThan(LIMIT_BYTES / 2);
    expect(await cgroup.oomKills()).toBe(0);
  });

  it('falls by what a process allocates, and rises when it gives that back', async () => {
    await using cgroup = await MemoryCgroup.create(LIMIT_BYTES);
    const [before, after] = await inside(
      cgroup,
      `const before = await free();
       const taken = Buffer.alloc(${64 * MIB}, 1);
       const after = await free();
       return taken[1] === 1 ? [before, after] : [];`,
    );
    const taken = (before?.bytes ?? 0) - (after?.bytes ?? 0);
    expect(Math.abs(taken - 64 * MIB)).toBeLessThan(SLACK_BYTES);
    const [later] = await inside(cgroup, 'return [await free()];');
    expect(later?.bytes).toBeGreaterThan((after?.bytes ?? 0) + 64 * MIB - SLACK_BYTES);
  });

  it('does not fall by files that are only cached', async ({ skip }) => {
    skip((await statfs(tmpdir())).type === TMPFS_MAGIC, 'files of a tmpfs are held in memory for good');
    await using cgroup = await MemoryCgroup.create(LIMIT_BYTES);
    const file = join(await temporaryDirectory(), 'cached');
    const [before, after] = await inside(
      cgroup,
      `const piece = Buffer.alloc(${MIB});
       const before = await free();
       for (let pieces = 0; pieces < 64; pieces++) await writeFile(process.argv[1], piece, { flag: 'a' });
       return [before, await free()];`,
      file,
    );
    // Charged to the cgroup all the same: the kernel keeps them for as long as there is room.
    expect(await cgroup.usageBytes()).toBeGreaterThan(64 * MIB);
    expect((before?.bytes ?? 0) - (after?.bytes ?? 0)).toBeLessThan(SLACK_BYTES);
  });

  it('is what really fits: the kernel kills who takes more, and only then', async () => {
    await using cgroup = await MemoryCgroup.create(LIMIT_BYTES);
    const take = (share: number): Promise<FreeMemory[]> =>
      inside(
        cgroup,
        `const { bytes } = await free();
         const taken = Buffer.alloc(Math.floor(bytes * ${share}), 1);
         return taken[1] === 1 ? [await free()] : [];`,
      );
    const [left] = await take(0.9);
    expect(left?.bytes).toBeLessThan(LIMIT_BYTES * 0.1 + SLACK_BYTES);
    expect(await cgroup.oomKills()).toBe(0);
    await expect(take(1.3)).rejects.toThrow('the script failed');
    expect(await cgroup.oomKills()).toBe(1);
    expect(await cgroup.peakBytes()).toBeLessThanOrEqual(LIMIT_BYTES);
  });

  it('leaves nothing behind, even when a process still runs inside', async () => {
    const cgroup = await MemoryCgroup.create(LIMIT_BYTES);
    const child = cgroup.spawn('sleep', ['1000'], { stdio: 'ignore' });
    const exit = once(child, 'exit');
    await until('it is inside', async () => (await cgroup.pids()).includes(child.pid ?? 0));
    await cgroup[Symbol.asyncDispose]();
    expect(await exit).toEqual([null, 'SIGKILL']);
    await expect(cgroup.usageBytes()).rejects.toThrow('ENOENT');
    await cgroup[Symbol.asyncDispose]();
  });
});
