import { createHash } from 'node:crypto';
import { open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatManifest } from '../../../src/store/manifest/manifest.ts';
import { StoredManifests } from '../../../src/store/manifest/stored-manifests.ts';
import { CacheBudget, type CacheBudgetOptions } from '../../../src/store/retention/cache-budget.ts';
import { systemDisks } from '../../../src/store/retention/disk.ts';
import { TreeSizes } from '../../../src/store/tree-size.ts';
import { digestOf, storeOnDisk } from '../../support/store-on-disk.ts';

async function setUp(options: Partial<CacheBudgetOptions> = {}) {
  const store = await storeOnDisk();
  const evictions: string[] = [];
  const budget = new CacheBudget({
    ...store,
    maxBytes: undefined,
    freeFloorBytes: 0,
    policy: 'lru',
    logger: store.log.logger,
    evictions: { inc: ({ kind }: { kind: string }) => void evictions.push(kind) } as never,
    disks: { idOf: async () => 1, freeBytesAt: async () => 1_000_000, totalBytesAt: async () => 1e7 },
    ...options,
  });
  const models = async (): Promise<string[]> =>
    (await readdir(join(store.stateDirectory, 'models'))).map((name) => name.slice(0, 1)).toSorted();
  return { ...store, budget, evictions, models };
}

/** For something that is written at once. */
async function makeRoom(budget: CacheBudget, bytes: number, directory: string): Promise<void> {
  (await budget.reserve(directory, bytes)).release();
}

describe('the budget of the store', () => {
  it('is kept by deleting the longest unused, with what was compiled of it', async () => {
    const { budget, model, put, models, ledger, evictions, log, stateDirectory } = await setUp({
      maxBytes: 250,
    });
    const a = await model('a', 100);
    await put(`state/compiled/${a}-int8/weights.bin`, 50);
    await put(`state/plans/${a}-int8.json`, 1);
    await model('b', 100);
    await model('c', 100);
    const { items, shortfallBytes } = await budget.trim();
    expect(items.map(({ key, bytes }) => [key, bytes])).toEqual([[a, 151]]);
    expect(shortfallBytes).toBe(0);
    expect(await models()).toEqual(['b', 'c']);
    expect(await readdir(join(stateDirectory, 'compiled'))).toEqual([]);
    expect(await readdir(join(stateDirectory, 'plans'))).toEqual([]);
    expect(evictions).toEqual(['model']);
    expect(log.find(/evicted model local:\/\/a/)).toBeDefined();
    expect((await ledger.read()).entryOf(a)).toBeUndefined();
    expect((await budget.trim()).items).toEqual([]);
  });

  it('asks how often something was used when told to', async () => {
    const { budget, model, models, ledger } = await setUp({ maxBytes: 200, policy: 'lfu' });
    const a = await model('a', 100);
    await ledger.used(a);
    await model('b', 100);
    await model('c', 100);
    await budget.trim();
    expect(await models()).toEqual(['a', 'c']);
  });

  it('never takes what is pinned, leased, active or in the history, and says that it is not kept then', async () => {
    const { budget, model, models, ledger, served, openLeases, log } = await setUp({ maxBytes: 0 });
    await ledger.pin(await model('a', 10));
    await openLeases().take(await model('b', 10));
    served.push({ digest: await model('c', 10), reference: 'local://c', role: 'active' });
    served.push({ digest: await model('d', 10), reference: 'local://d', role: 'previous' });
    served.push({ digest: await model('e', 10), reference: 'local://e', role: 'history' });
    await model('f', 10);
    expect(await budget.trim()).toMatchObject({ items: [{ key: digestOf('f') }], shortfallBytes: 50 });
    expect(await models()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(log.find(/beyond its limits/)).toBeDefined();
  });

  it('deletes nothing while nobody can tell what is needed', async () => {
    const { budget, model, models, trouble } = await setUp({ maxBytes: 0 });
    await model('a', 10);
    trouble.isBlind = true;
    await expect(budget.trim()).rejects.toThrow('unreadable');
    expect(await models()).toEqual(['a']);
    trouble.isBlind = false;
    expect((await budget.preview()).items).toHaveLength(1);
    expect(await models(), 'a preview deletes nothing').toEqual(['a']);
  });

  it('makes room on the disk before something is written', async () => {
    const disk = {
      path: '',
      idOf: async () => 1,
      totalBytesAt: async () => 1000,
      freeBytesAt: async () => 230 - (await new TreeSizes().of(disk.path)),
    };
    const { budget, model, models, base, stateDirectory } = await setUp({ freeFloorBytes: 20, disks: disk });
    disk.path = join(stateDirectory, 'models');
    await model('a', 100);
    await model('b', 100);
    await makeRoom(budget, 10, base);
    expect(await models(), 'there is room').toEqual(['a', 'b']);
    await expect(makeRoom(budget, 211, base)).rejects.toMatchObject({
      type: 'insufficient_storage',
      detail: expect.stringMatching(/RERANK_CACHE_FREE_BYTES/) as string,
    });
    expect(await models(), 'deleting both would not be enough').toEqual(['a', 'b']);
    await makeRoom(budget, 50, base);
    expect(await models()).toEqual(['b']);
  });

  it('leaves as much free as is usual for the size of the disk where nobody said how much', async () => {
    const disk = {
      total: 1000,
      idOf: async () => 1,
      freeBytesAt: async () => 500,
      totalBytesAt: async () => disk.total,
    };
    const { budget, base } = await setUp({ freeFloorBytes: undefined, disks: disk });
    await makeRoom(budget, 450, base);
    await expect(makeRoom(budget, 451, base)).rejects.toMatchObject({ type: 'insufficient_storage' });
    disk.total = 8000;
    await expect(makeRoom(budget, 101, base)).rejects.toMatchObject({ type: 'insufficient_storage' });
    await makeRoom(budget, 100, base);
  });

  it('deletes nothing at all for what would not fit even so', async () => {
    const { budget, model, models, ledger, base } = await setUp({ maxBytes: 300 });
    await model('a', 100);
    await ledger.pin(await model('b', 200));
    await expect(makeRoom(budget, 150, base)).rejects.toMatchObject({
      type: 'insufficient_storage',
      detail: expect.stringMatching(/RERANK_CACHE_MAX_BYTES/) as string,
    });
    expect(await models()).toEqual(['a', 'b']);
    await makeRoom(budget, 100, base);
    expect(await models()).toEqual(['b']);
  });

  it('keeps room that was reserved until it is released', async () => {
    const { budget, base } = await setUp({ maxBytes: 100 });
    const first = await budget.reserve(base, 60);
    first.use(60);
    await expect(budget.reserve(base, 60)).rejects.toMatchObject({ type: 'insufficient_storage' });
    first.release();
    (await budget.reserve(base, 60)).release();
  });

  it('promises room on a disk to one only, and counts what is written once', async () => {
    const disk = {
      free: 100,
      idOf: async () => 1,
      totalBytesAt: async () => 1000,
      freeBytesAt: async () => disk.free,
    };
    const { budget, base } = await setUp({ disks: disk });
    const first = await budget.reserve(base, 60);
    await expect(budget.reserve(base, 50)).rejects.toMatchObject({ type: 'insufficient_storage' });
    disk.free = 40;
    await expect(budget.reserve(base, 30)).rejects.toMatchObject({ type: 'insufficient_storage' });
    first.use(60);
    (await budget.reserve(base, 30)).release();
  });

  it('leaves alone what somebody begins to use while it is being evicted', async () => {
    const { budget, inventory, model, models, stateDirectory, put } = await setUp({ maxBytes: 0 });
    const a = await model('a', 10);
    await put(`state/compiled/${a}-int8/weights.bin`, 5);
    // A lease that is taken after the last look before the files are moved, and seen by the one after it.
    let looks = 0;
    inventory.isHeld = async () => ++looks === 2;
    expect((await budget.trim()).items).toEqual([]);
    expect(looks).toBe(2);
    expect(await models()).toEqual(['a']);
    expect((await stat(join(stateDirectory, 'compiled', `${a}-int8`, 'weights.bin'))).size).toBe(5);
  });

  it('goes on with others when something can not be deleted', async () => {
    const { budget, model, snapshot, trouble, models, log } = await setUp({ maxBytes: 15 });
    trouble.stuckKey = await snapshot('stuck', 10);
    await model('a', 10);
    const { items, shortfallBytes } = await budget.trim();
    expect(items.map(({ key }) => key)).toEqual([digestOf('a')]);
    expect(shortfallBytes).toBe(0);
    expect(await models()).toEqual([]);
    expect(log.find(/can't be evicted: EACCES/)).toBeDefined();
  });

  it('lets who has a file open go on reading it', async () => {
    const { budget, model, stateDirectory } = await setUp({ maxBytes: 0 });
    const a = await model('a', 10);
    await using file = await open(join(stateDirectory, 'models', a, 'weights'));
    await budget.trim();
    expect((await file.readFile()).length).toBe(10);
    await expect(stat(join(stateDirectory, 'models', a))).rejects.toThrow('ENOENT');
  });
});

describe('a copy that came by a manifest', () => {
  it('is in the state directory, and so ours to delete', async () => {
    const { budget, stateDirectory, inventory } = await setUp({ maxBytes: 0 });
    const root = join(stateDirectory, 'published', 'manifests');
    const stored = new StoredManifests(root);
    const manifest = Buffer.from(
      formatManifest([{ path: 'model.safetensors', size: 10, sha256: digestOf('b') }]),
    );
    const sha256 = createHash('sha256').update(manifest).digest('hex');
    await stored.keepManifest(sha256, manifest);
    await writeFile(join(stored.directoryOf(sha256), 'model.safetensors'), Buffer.alloc(10));
    const url = new URL('https://models.example/manifest.json');
    await stored.complete(sha256, url, new Date(0));
    expect(await inventory.list()).toMatchObject([
      { kind: 'manifest', keptBy: [], reference: `${url.href}#sha256=${sha256}` },
    ]);
    expect((await budget.trim()).items.map(({ key }) => key)).toEqual([sha256]);
    expect(await readdir(root)).toEqual([]);
  });
});

describe('a disk', () => {
  it('is known by paths that do not exist yet', async () => {
    const { base } = await storeOnDisk();
    const there = join(base, 'not', 'yet');
    expect(await systemDisks.idOf(there)).toBe((await stat(base)).dev);
    expect(await systemDisks.freeBytesAt(there)).toBeGreaterThan(0);
  });
});
