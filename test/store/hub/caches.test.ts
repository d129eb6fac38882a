import { chmod, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCacheRoots } from '../../../src/store/hub/cache/cache-roots.ts';
import { beginSnapshotRemoval } from '../../../src/store/hub/cache/remove-snapshot.ts';
import { RepositoryFolder } from '../../../src/store/hub/cache/repository-folder.ts';
import { seededContent, sha256Of } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { HubStore } from '../../support/hub/hub-store.ts';
import { checkpointFiles } from '../../support/hub/repositories.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('a cache without links', () => {
  async function open(hubs: readonly string[]) {
    const cache = await temporaryDirectory();
    return await HubStore.open({ hubs, cache, roots: { writable: cache, readOnly: [], symlinks: false } });
  }

  it('has the files in the snapshots themselves, and no blobs', async () => {
    await using hub = await startFakeHub();
    const commit = hub.repository('org/name').commit(checkpointFiles());
    const store = await open([hub.origin]);
    const snapshot = await store.fetch('org/name');
    for (const name of snapshot.files)
      expect((await lstat(join(snapshot.directory, name))).isFile()).toBe(true);
    expect(await readdir(join(store.cache, 'models--org--name'))).not.toContain('blobs');
    hub.kill();
    expect(await store.fetch(`org/name@${commit}`)).toEqual(snapshot);
  });

  it('copies what did not change from the snapshot before', async () => {
    await using hub = await startFakeHub();
    const repository = hub.repository('org/name');
    repository.commit(checkpointFiles());
    const store = await open([hub.origin]);
    await store.fetch('org/name');
    const commit = repository.commit({ ...checkpointFiles(), 'tokenizer.json': '{"another": 1}' });
    hub.requests.clear();
    const { directory } = await store.fetch('org/name');
    expect(hub.requests.to('/resolve/').map(({ path }) => path)).toEqual([
      `/org/name/resolve/${commit}/tokenizer.json`,
    ]);
    expect((await lstat(join(directory, 'model.safetensors'))).size).toBe(200_000);
  });

  it('does not copy what is damaged', async () => {
    await using hub = await startFakeHub();
    const repository = hub.repository('org/name');
    repository.commit(checkpointFiles());
    const store = await open([hub.origin]);
    const first = await store.fetch('org/name');
    await writeFile(join(first.directory, 'model.safetensors'), Buffer.alloc(200_000));
    repository.commit({ ...checkpointFiles(), 'tokenizer.json': '{"another": 1}' });
    const { directory } = await store.fetch('org/name');
    expect(
      (await readFile(join(directory, 'model.safetensors'))).equals(
        seededContent('weights', 200_000).read(0, 200_000),
      ),
    ).toBe(true);
  });
});

describe('a cache that can only be read', () => {
  async function seeded() {
    const hub = await startFakeHub();
    const repository = hub.repository('org/name');
    const first = repository.commit(checkpointFiles());
    const seed = await HubStore.open({ hubs: [hub.origin] });
    const snapshot = await seed.fetch('org/name');
    hub.requests.clear();
    const writable = await temporaryDirectory();
    const store = await HubStore.open({
      hubs: [hub.origin],
      cache: writable,
      roots: { writable, readOnly: [seed.cache], symlinks: true },
      ttlMs: 3_600_000,
    });
    return { hub, repository, first, seed, snapshot, store, writable };
  }

  it('serves what it has, and nothing is written beside it', async () => {
    const { hub, repository, first, seed, snapshot, store, writable } = await seeded();
    await using _ = hub;
    repository.pointTo('v1', first);
    expect(await store.fetch('org/name@v1')).toEqual(snapshot);
    expect(await store.find('org/name@v1')).toEqual(snapshot);
    expect(await readdir(join(seed.cache, 'models--org--name/refs'))).toEqual(['main']);
    hub.requests.clear();
    expect(await store.fetch('org/name')).toEqual(snapshot);
    expect(await readdir(writable)).toEqual([]);
    // What the hub said is remembered all the same.
    expect(await store.fetch('org/name')).toEqual(snapshot);
    expect(hub.requests.all).toHaveLength(1);
  });

  it('gives what did not change to the other cache, which gets what is new', async () => {
    const { hub, repository, seed, store, writable } = await seeded();
    await using _ = hub;
    const next = repository.commit({ ...checkpointFiles(), 'tokenizer.json': '{"another": 1}' });
    const { directory } = await store.fetch('org/name');
    expect(directory).toBe(join(writable, 'models--org--name/snapshots', next));
    expect(hub.requests.to('/resolve/')).toHaveLength(1);
    expect(await readdir(join(seed.cache, 'models--org--name/snapshots'))).not.toContain(next);
    expect(await readFile(join(writable, 'models--org--name/refs/main'), 'utf8')).toBe(next);
    hub.kill();
    expect((await store.find('org/name'))?.directory).toBe(directory);
  });

  it('may be ahead of the other cache: the hub has the last word', async () => {
    const { hub, repository, first, store } = await seeded();
    await using _ = hub;
    const next = repository.commit({ ...checkpointFiles(), 'tokenizer.json': '{"another": 1}' }, 'next');
    await store.fetch('org/name@next');
    expect((await store.fetch('org/name')).reference).toContain(first);
    repository.pointTo('next', first);
    expect((await store.fetch(`org/name@${next}`)).reference).toContain(next);
    expect((await store.find('org/name@next'))?.reference).toContain(next);
  });

  it('is found out', async () => {
    const base = await temporaryDirectory();
    const [cache, fallback] = [join(base, 'cache'), join(base, 'fallback')];
    const only = (writable: string) => (directory: string) =>
      mkdir(directory, { recursive: true }).then(() => directory === writable);
    expect(await openCacheRoots(cache, fallback, 'auto', only(cache))).toEqual({
      writable: cache,
      readOnly: [],
      symlinks: true,
    });
    expect(await openCacheRoots(cache, fallback, 'no', only(fallback))).toEqual({
      writable: fallback,
      readOnly: [cache],
      symlinks: false,
    });
    await expect(openCacheRoots(cache, fallback, 'auto', only('neither'))).rejects.toMatchObject({
      type: 'insufficient_storage',
    });
    expect((await readdir(cache)).concat(await readdir(fallback))).toEqual(['CACHEDIR.TAG', 'CACHEDIR.TAG']);
    const file = join(base, 'file');
    await writeFile(file, '');
    expect((await openCacheRoots(join(file, 'hub'), fallback, 'auto')).writable).toBe(fallback);
  });

  it.skipIf(process.getuid?.() === 0)('is found out by its permissions', async () => {
    const base = await temporaryDirectory();
    await mkdir(join(base, 'cache'));
    await chmod(join(base, 'cache'), 0o555);
    expect((await openCacheRoots(join(base, 'cache'), join(base, 'fallback'), 'auto')).readOnly).toHaveLength(
      1,
    );
  });
});

describe('a snapshot that is removed', () => {
  it('takes along what no other snapshot needs, and the refs that mean it', async () => {
    await using hub = await startFakeHub();
    const repository = hub.repository('org/name');
    const first = repository.commit(checkpointFiles());
    const store = await HubStore.open({ hubs: [hub.origin] });
    await store.fetch('org/name');
    repository.pointTo('v1', first);
    await store.fetch('org/name@v1');
    const second = repository.commit({ ...checkpointFiles(), 'tokenizer.json': '{"another": 1}' });
    await store.fetch('org/name');
    const folder = new RepositoryFolder(store.cache, 'org/name');
    await (await beginSnapshotRemoval(folder, first)).finish();
    expect(await store.find(`org/name@${first}`)).toBeUndefined();
    expect(await store.find('org/name@v1')).toBeUndefined();
    expect((await store.find('org/name'))?.reference).toContain(second);
    expect(await readdir(folder.refs)).toEqual(['main']);
    expect(await readdir(folder.blobs)).toHaveLength(4);
    expect(await readdir(folder.blobs)).toContain(sha256Of(seededContent('weights', 200_000)));
    for (let time = 0; time < 2; time++) await (await beginSnapshotRemoval(folder, second)).finish();
    expect((await readdir(store.cache)).filter((name) => name.startsWith('models'))).toEqual([]);
  });
});

describe('several stores on one cache', () => {
  it('do not get into each other’s way', async () => {
    await using hub = await startFakeHub();
    const repository = hub.repository('org/name');
    const commits = ['a', 'b', 'c'].map((name) =>
      repository.commit(checkpointFiles(seededContent(name, 50_000)), name),
    );
    const cache = await temporaryDirectory();
    const stores = await Promise.all(commits.map(() => HubStore.open({ hubs: [hub.origin], cache })));
    const wanted = stores.flatMap((store) =>
      ['a', 'b', 'c'].map((branch) => store.fetch(`org/name@${branch}`)),
    );
    const snapshots = await Promise.all(wanted);
    expect(new Set(snapshots.map(({ reference }) => reference.slice(-40)))).toEqual(new Set(commits));
    const folder = join(cache, 'models--org--name');
    for (const commit of commits) {
      expect((await readdir(join(folder, 'snapshots', commit))).toSorted()).toEqual([
        'config.json',
        'model.safetensors',
        'tokenizer.json',
        'tokenizer_config.json',
      ]);
    }
    for (const name of ['a', 'b', 'c'])
      expect(await readFile(join(folder, 'refs', name), 'utf8')).toBe(commits['abc'.indexOf(name)]);
  });
});
