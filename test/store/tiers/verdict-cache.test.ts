import { createHash } from 'node:crypto';
import { appendFile, copyFile, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import { VerdictCache } from '../../../src/store/tiers/verdict-cache.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const never = new AbortController().signal;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function setUp({ maxEntries = 8 } = {}) {
  const base = await temporaryDirectory();
  const hashed: string[] = [];
  const beforeHash = { run: async (): Promise<void> => {} };
  const open = () =>
    new VerdictCache({
      path: join(base, 'state', 'verdicts.json'),
      clock: systemClock,
      maxEntries,
      hash: async (path) => {
        hashed.push(path);
        const text = await readFile(path, 'utf8');
        await beforeHash.run();
        return sha256(text);
      },
    });
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(base, name), text);
    return join(base, name);
  };
  return { base, cache: open(), open, hashed, file, afterReading: beforeHash };
}

describe('the verdict cache', () => {
  it('has a file hashed once, also over a restart', async () => {
    const { cache, open, hashed, file } = await setUp();
    const path = await file('weights', 'content');
    for (const each of [cache, cache, open()]) expect(await each.sha256(path, never)).toBe(sha256('content'));
    expect(hashed).toEqual([path]);
    expect(await open().find(path)).toBe(sha256('content'));
  });

  it('hashes for itself, and tells of the bytes', async () => {
    const { base, file } = await setUp();
    const path = await file('weights', 'content');
    const cache = new VerdictCache({ path: join(base, 'v.json'), clock: systemClock });
    let bytes = 0;
    expect(await cache.sha256(path, never, (delta) => (bytes += delta))).toBe(sha256('content'));
    expect(bytes).toBe(7);
    await expect(cache.sha256(join(base, 'other'), never)).rejects.toThrow('ENOENT');
  });

  it('notices a change of the content, in the same size, with the time put back', async () => {
    const { cache, file } = await setUp();
    const path = await file('weights', 'content');
    const longAgo = new Date(1_000_000);
    await utimes(path, longAgo, longAgo);
    await cache.sha256(path, never);
    await writeFile(path, 'CONTENT');
    await utimes(path, longAgo, longAgo);
    expect(await cache.find(path)).toBeUndefined();
    expect(await cache.sha256(path, never)).toBe(sha256('CONTENT'));
  });

  it('notices another file under the same name, and knows a file under another', async () => {
    const { base, cache, file, hashed } = await setUp();
    const path = await file('weights', 'content');
    await cache.sha256(path, never);
    const copy = join(base, 'copy');
    await copyFile(path, copy);
    expect(await cache.find(copy)).toBeUndefined();
    await rename(copy, path);
    expect(await cache.find(path)).toBeUndefined();
    await appendFile(path, '!');
    expect(await cache.sha256(path, never)).toBe(sha256('content!'));
    expect(hashed).toHaveLength(2);
  });

  it('keeps no verdict on a file that changed while it was hashed', async () => {
    const { base, cache, file, hashed, afterReading } = await setUp();
    const path = await file('weights', 'content');
    afterReading.run = () => appendFile(path, 'more');
    await cache.sha256(path, never);
    afterReading.run = async () => {};
    expect(await readFile(join(base, 'state', 'verdicts.json'), 'utf8').catch(() => '')).toBe('');
    expect(await cache.sha256(path, never)).toBe(sha256('contentmore'));
    expect(hashed).toHaveLength(2);
  });

  it('waits before it reads a file that has only just changed: within one tick, another change would not show', async () => {
    const { base, file } = await setUp();
    const path = await file('weights', 'content');
    const { ctimeMs } = await stat(path);
    const waits: number[] = [];
    let now = ctimeMs + 1;
    const clock: Clock = {
      now: () => now,
      date: () => new Date(now),
      after: (ms, run) => {
        waits.push(ms);
        now += ms;
        setImmediate(run);
        return () => {};
      },
    };
    const cache = new VerdictCache({ path: join(base, 'v.json'), clock });
    await cache.sha256(path, never);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(10);
    expect(await cache.find(path)).toBe(sha256('content'));
    await cache.sha256(path, never);
    expect(waits).toHaveLength(1);
    // A clock far behind that of the file system: nobody can tell.
    const other = await file('other', 'content');
    now -= 3_600_000;
    await cache.sha256(other, never);
    expect(waits).toHaveLength(1);
    expect(await cache.find(other)).toBeUndefined();
  });

  it('takes the word of who has hashed a file in passing, unless it changed meanwhile', async () => {
    const { cache, file, hashed } = await setUp();
    const [good, changed] = [await file('a', 'content'), await file('b', 'content')];
    const keep = [await cache.begin(good), await cache.begin(changed)];
    await appendFile(changed, '!');
    for (const each of keep) await each(sha256('content'));
    expect(await cache.find(good)).toBe(sha256('content'));
    expect(await cache.find(changed)).toBeUndefined();
    expect(hashed).toEqual([]);
  });

  it('forgets the oldest when there are too many', async () => {
    const { cache, file } = await setUp({ maxEntries: 2 });
    const paths = [];
    for (const name of ['a', 'b', 'c']) paths.push(await file(name, name));
    for (const path of paths) await cache.sha256(path, never);
    const known = await Promise.all(paths.map((path) => cache.find(path)));
    expect(known).toEqual([undefined, sha256('b'), sha256('c')]);
  });

  it.each([
    '{"version":1,"verdicts":{"',
    '{"version":1,"verdicts":{"x":"no digest"}}',
    ' '.repeat(2 ** 20 + 1),
  ])('survives garbage in its file', async (garbage) => {
    const { base, cache, file } = await setUp();
    const path = await file('weights', 'content');
    await cache.sha256(path, never);
    await writeFile(join(base, 'state', 'verdicts.json'), garbage);
    expect(await cache.find(path)).toBeUndefined();
    expect(await cache.sha256(path, never)).toBe(sha256('content'));
    expect(await cache.find(path)).toBe(sha256('content'));
  });

  it('hashes every time where nothing can be written', async () => {
    const { base, cache, file, hashed } = await setUp();
    const path = await file('weights', 'content');
    await rm(join(base, 'state'), { recursive: true, force: true });
    await file('state', 'a file in its place');
    for (let time = 0; time < 2; time++) expect(await cache.sha256(path, never)).toBe(sha256('content'));
    expect(hashed).toHaveLength(2);
  });
});
