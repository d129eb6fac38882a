import {
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CompiledCache, type CompiledKey } from '../../src/store/compiled-cache.ts';
import { scratchDirectory } from '../support/directories.ts';
import { LogBook } from '../support/log-book.ts';

const key: CompiledKey = { modelDigest: 'abc', dtype: 'int8', device: 'cpu', isa: 'x64', version: '1' };

describe('the cache of compiled models', () => {
  let scratch: Awaited<ReturnType<typeof scratchDirectory>>;
  let cache: CompiledCache;
  let log: LogBook;
  beforeEach(async () => {
    scratch = await scratchDirectory();
    log = new LogBook();
    cache = new CompiledCache(join(scratch.path, 'compiled'), log.logger);
  });
  afterEach(() => scratch[Symbol.asyncDispose]());
  const build = (of: CompiledKey = key) =>
    cache.build(of, async (directory) => {
      await writeFile(join(directory, 'model.onnx'), 'graph');
      await writeFile(join(directory, 'weights.bin'), 'weights');
    });

  it('finds what was built, in another process too', async () => {
    expect(await cache.find(key)).toBeUndefined();
    const directory = await build();
    expect(await cache.find(key)).toBe(directory);
    expect(log.find(/damaged/)).toBeUndefined();
    expect(await new CompiledCache(join(scratch.path, 'compiled')).find(key)).toBe(directory);
    for (const change of [
      { dtype: 'fp32' },
      { isa: 'arm64' },
      { version: '2' },
      { device: 'cuda' },
      { modelDigest: 'abd' },
    ]) {
      expect(await cache.find({ ...key, ...change })).toBeUndefined();
    }
  });

  it('keeps what another process was first to build, and nobody finds it missing meanwhile', async () => {
    const others = Array.from({ length: 8 }, () => new CompiledCache(join(scratch.path, 'compiled')));
    const first = await build();
    const { ino } = await stat(join(first, 'model.onnx'));
    const seen: unknown[] = [];
    const builders = others.map(async (other) => {
      const built = await other.build(key, (directory) => writeFile(join(directory, 'model.onnx'), 'graph'));
      seen.push(built, await cache.find(key));
    });
    for (let look = 0; look < 200; look++) seen.push(await cache.find(key));
    await Promise.all(builders);
    expect(new Set(seen)).toEqual(new Set([first]));
    expect((await stat(join(first, 'model.onnx'))).ino).toBe(ino);
  });

  it.each<[string, (directory: string) => Promise<unknown>]>([
    ['lacks a file', (directory) => rm(join(directory, 'weights.bin'))],
    ['was cut short', (directory) => truncate(join(directory, 'weights.bin'), 3)],
    ['was written over', (directory) => writeFile(join(directory, 'weights.bin'), 'WEIGHTS')],
    ['has no manifest', (directory) => rm(join(directory, '.manifest.json'))],
    [
      'has a manifest that is something else',
      (directory) => writeFile(join(directory, '.manifest.json'), '[]'),
    ],
  ])('does not find what %s, and builds it anew', async (_what, damage) => {
    const directory = await build();
    await damage(directory);
    expect(await cache.find(key)).toBeUndefined();
    expect(await build()).toBe(directory);
    expect(await cache.find(key)).toBe(directory);
    expect(await readFile(join(directory, 'weights.bin'), 'utf8')).toBe('weights');
  });

  it('does not take another model’s directory for its own', async () => {
    const other = await build({ ...key, modelDigest: 'other' });
    await rename(other, other.replace('other', 'abc'));
    expect(await cache.find(key)).toBeUndefined();
  });

  it('notices a byte that was changed, even when size and time were kept on a copied volume', async () => {
    const directory = await build();
    const file = join(directory, 'weights.bin');
    const { atime, mtime } = await stat(file);
    await copyFile(file, `${file}.copy`);
    const handle = await open(`${file}.copy`, 'r+');
    await handle.write('W', 0);
    await handle.close();
    await utimes(`${file}.copy`, atime, mtime);
    await rename(`${file}.copy`, file);
    expect(await cache.find(key)).toBeUndefined();
    expect(log.find(/compiled model in .* is damaged, and is compiled again/)).toBeDefined();
  });

  it('hashes a copied volume once and then knows it', async () => {
    const directory = await build();
    await writeFile(join(directory, '.seal.json'), '{}');
    expect(await cache.find(key)).toBe(directory);
    expect(JSON.parse(await readFile(join(directory, '.seal.json'), 'utf8'))).toHaveProperty('weights.bin');
  });

  it('keeps nothing of a build that fails', async () => {
    const failure = cache.build(key, async (directory) => {
      await writeFile(join(directory, 'half'), 'x');
      throw new Error('no');
    });
    await expect(failure).rejects.toThrow('no');
    expect(await readdir(join(scratch.path, 'compiled'))).toEqual([]);
  });

  it('says when the disk is full', async () => {
    const failure = cache.build(key, () =>
      Promise.reject(Object.assign(new Error('write'), { code: 'ENOSPC' })),
    );
    await expect(failure).rejects.toMatchObject({ type: 'insufficient_storage' });
  });

  it('lets two build the same at once', async () => {
    const [a, b] = await Promise.all([build(), build()]);
    expect(a).toBe(b);
    expect(await cache.find(key)).toBe(a);
  });

  it('drops what was compiled of models that went, and what was cut off', async () => {
    const kept = await build();
    await build({ ...key, modelDigest: 'gone' });
    await mkdir(join(scratch.path, 'compiled', '.incoming-999999999-cut-off'));
    await cache.keepOnly(new Set(['abc']), (path) => expect.fail(path));
    expect(await readdir(join(scratch.path, 'compiled'))).toEqual([kept.split('/').at(-1)]);
  });
});
