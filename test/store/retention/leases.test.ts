import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Leases } from '../../../src/store/retention/leases.ts';
import { LogBook } from '../../support/log-book.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const MINUTE_MS = 60_000;

async function setUp() {
  const directory = join(await temporaryDirectory(), 'leases');
  const clock = new ManualClock();
  const log = new LogBook();
  const open = () => new Leases({ directory, clock, logger: log.logger });
  return { directory, clock, log, mine: open(), theirs: open() };
}

describe('leases', () => {
  it('are seen by other processes until they are released', async () => {
    const { mine, theirs } = await setUp();
    expect((await theirs.held()).has('model')).toBe(false);
    const lease = await mine.take('model');
    expect((await theirs.held()).has('model')).toBe(true);
    expect((await theirs.held()).has('other')).toBe(false);
    await lease.release();
    expect((await theirs.held()).has('model')).toBe(false);
  });

  it('of one item hold until the last of them is released, and no longer', async () => {
    const { mine, theirs, directory } = await setUp();
    const [first, second] = [await mine.take('a'), await mine.take('a')];
    await first.release();
    await first.release();
    expect((await mine.held()).has('a')).toBe(true);
    const other = await theirs.take('a');
    await second.release();
    expect((await mine.held()).has('a'), 'the other process still holds it').toBe(true);
    await other.release();
    expect((await mine.held()).has('a')).toBe(false);
    expect(await readdir(directory)).toEqual([]);
  });

  it('of a process that has ended are void after three minutes, and cleared away', async () => {
    const { theirs, clock, directory, log } = await setUp();
    // A clock that stands still never touches a lease again.
    const dead = new Leases({ directory, clock: new ManualClock(), logger: log.logger });
    await dead.take('a');
    clock.advance(3 * MINUTE_MS);
    expect((await theirs.held()).has('a')).toBe(true);
    clock.advance(1000);
    expect((await theirs.held()).has('a')).toBe(false);
    expect(await readdir(directory)).toEqual([]);
  });

  it('are kept alive for as long as their process lives', async () => {
    const { mine, theirs, clock, directory } = await setUp();
    await mine.take('a');
    await rm(directory, { recursive: true });
    await mine.take('b');
    for (let beat = 0; beat < 30; beat++) {
      const beforeBeat = clock.date().getTime();
      clock.advance(20_000);
      await until('the lease is touched', async () => {
        const files = await readdir(directory);
        const times = await Promise.all(
          files.map(async (name) => (await stat(join(directory, name))).mtimeMs),
        );
        // Both: the one that somebody took away is there again.
        return times.length === 2 && times.every((at) => at > beforeBeat) ? true : undefined;
      });
    }
    expect((await theirs.held()).has('a')).toBe(true);
    expect((await theirs.held()).has('b')).toBe(true);
    await mine.close();
    expect(clock.pending).toBe(0);
    expect(await readdir(directory)).toEqual([]);
  });

  it('that can not be written are told, and stop nothing', async () => {
    const { mine, directory, log } = await setUp();
    await writeFile(directory, 'a file in its place');
    const lease = await mine.take('a');
    expect(log.find(/can't be written/)).toBeDefined();
    expect((await mine.held()).has('a')).toBe(true);
    await lease.release();
  });
});
