import { createHash } from 'node:crypto';
import { appendFile, copyFile, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/platform/clock.ts';
import { VerdictCache } from '../../../src/store/retention/verdict-cache.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As everybody does it: what is remembered, or else what is read and remembered. */
async function digestOf(cache: VerdictCache, path: string, afterReading = async () => {}): Promise<string> {
  const known = await cache.find(path);
  if (known !== undefined) return known;
  const keep = await cache.begin(path);
  const digest = sha256(await readFile(path, 'utf8'));
  await afterReading();
  await keep(digest);
  return digest;
}

async function setUp({ maxEntries = 8 } = {}) {
  const base = await temporaryDirectory();
  const open = () =>
    new VerdictCache({ path: join(base, 'state', 'verdicts.json'), clock: systemClock, maxEntries });
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(base, name), text);
    return join(base, name);
  };
  return { base, cache: open(), open, file };
}

describe('the verdict cache', () => {
  it('remembers a file, also over a restart', async () => {
    const { cache, open, file } = await setUp();
    const path = await file('weights', 'content');
    expect(await cache.find(path)).toBeUndefined();
    await digestOf(cache, path);
    for (const each of [cache, open()]) expect(await each.find(path)).toBe(sha256('content'));
  });

  it('has nothing to say of a file that is not there', async () => {
    const { base, cache } = await setUp();
    await expect(cache.find(join(base, 'other'))).rejects.toThrow('ENOENT');
    await expect(cache.begin(join(base, 'other'))).rejects.toThrow('ENOENT');
  });

  it('notices a change of the content, in the same size, with the time put back', async () => {
    const { cache, file } = await setUp();
    const path = await file('weights', 'content');
    const longAgo = new Date(1_000_000);
    await utimes(path, longAgo, longAgo);
    await digestOf(cache, path);
    await writeFile(path, 'CONTENT');
    await utimes(path, longAgo, longAgo);
    expect(await cache.find(path)).toBeUndefined();
    expect(await digestOf(cache, path)).toBe(sha256('CONTENT'));
  });

  it('notices another file under the same name, and knows a file under another', async () => {
    const { base, cache, file } = await setUp();
    const path = await file('weights', 'content');
    await digestOf(cache, path);
    const copy = join(base, 'copy');
    await copyFile(path, copy);
    expect(await cache.find(copy)).toBeUndefined();
    await rename(copy, path);
    expect(await cache.find(path)).toBeUndefined();
    await appendFile(path, '!');
    expect(await digestOf(cache, path)).toBe(sha256('content!'));
  });

  it('keeps no verdict on a file that changed while it was hashed', async () => {
    const { base, cache, file } = await setUp();
    const path = await file('weights', 'content');
    await digestOf(cache, path, () => appendFile(path, 'more'));
    expect(await readFile(join(base, 'state', 'verdicts.json'), 'utf8').catch(() => '')).toBe('');
    expect(await digestOf(cache, path)).toBe(sha256('contentmore'));
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
    await digestOf(cache, path);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(10);
    expect(await cache.find(path)).toBe(sha256('content'));
    await digestOf(cache, path);
    expect(waits).toHaveLength(1);
    // A clock far behind that of the file system: nobody can tell.
    const other = await file('other', 'content');
    now -= 3_600_000;
    await digestOf(cache, other);
    expect(waits).toHaveLength(1);
    expect(await cache.find(other)).toBeUndefined();
  });

  it('takes the word of who has hashed a file in passing, unless it changed meanwhile', async () => {
    const { cache, file } = await setUp();
    const [good, changed] = [await file('a', 'content'), await file('b', 'content')];
    const keep = [await cache.begin(good), await cache.begin(changed)];
    await appendFile(changed, '!');
    for (const each of keep) await each(sha256('content'));
    expect(await cache.find(good)).toBe(sha256('content'));
    expect(await cache.find(changed)).toBeUndefined();
  });

  it('forgets the oldest when there are too many', async () => {
    const { cache, file } = await setUp({ maxEntries: 2 });
    const paths = [];
    for (const name of ['a', 'b', 'c']) paths.push(await file(name, name));
    for (const path of paths) await digestOf(cache, path);
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
    await digestOf(cache, path);
    await writeFile(join(base, 'state', 'verdicts.json'), garbage);
    expect(await cache.find(path)).toBeUndefined();
    expect(await digestOf(cache, path)).toBe(sha256('content'));
    expect(await cache.find(path)).toBe(sha256('content'));
  });

  it('remembers nothing where nothing can be written', async () => {
    const { base, cache, file } = await setUp();
    const path = await file('weights', 'content');
    await rm(join(base, 'state'), { recursive: true, force: true });
    await file('state', 'a file in its place');
    expect(await digestOf(cache, path)).toBe(sha256('content'));
    expect(await cache.find(path)).toBeUndefined();
  });
});
