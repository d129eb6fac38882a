import { createHash } from 'node:crypto';
import {
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listSnapshots } from '../../../src/store/hub/cache/list-snapshots.ts';
import { seededContent, sha256Of } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { HubStore } from '../../support/hub/hub-store.ts';
import { checkpointFiles } from '../../support/hub/repositories.ts';
import { until } from '../../support/until.ts';

const NEEDED = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];

const paths = (requests: readonly { path: string }[]) => requests.map(({ path }) => path);

describe('a model of a hub', () => {
  it('is fetched in the layout of huggingface_hub, with only the files that it needs', async () => {
    await using hub = await startFakeHub();
    const files = checkpointFiles();
    const commit = hub.repository('org/name').commit(files);
    const store = await HubStore.open({ hubs: [hub.origin] });
    const snapshot = await store.fetch('org/name');

    const folder = join(store.cache, 'models--org--name');
    expect(snapshot).toEqual({
      directory: join(folder, 'snapshots', commit),
      reference: `hf://org/name@${commit}`,
      copyReference: `hf://org/name@${commit}`,
      stale: false,
      files: expect.arrayContaining(NEEDED),
    });
    expect(snapshot.files).toHaveLength(NEEDED.length);
    expect((await readdir(snapshot.directory)).toSorted()).toEqual(NEEDED.toSorted());
    const weights = sha256Of(files['model.safetensors'] as never);
    expect(await readlink(join(snapshot.directory, 'model.safetensors'))).toBe(`../../blobs/${weights}`);
    const config = createHash('sha1').update(`blob ${files['config.json'].length}\0${files['config.json']}`);
    expect(await readlink(join(snapshot.directory, 'config.json'))).toBe(
      `../../blobs/${config.digest('hex')}`,
    );
    expect(await readFile(join(folder, 'refs/main'), 'utf8')).toBe(commit);
    expect(await readdir(join(folder, 'blobs'))).toHaveLength(NEEDED.length);
    expect(await readdir(join(folder, '.no_exist', commit))).toEqual(['special_tokens_map.json']);
    const tree = JSON.parse(await readFile(join(folder, 'trees', `${commit}.json`), 'utf8'));
    expect(tree.format_version).toBe(1);
    expect(Object.keys(tree.files)).toEqual(Object.keys(files).toSorted());
    expect(tree.files['model.safetensors']).toEqual({
      size: 200_000,
      blob_id: expect.stringMatching(/^[0-9a-f]{40}$/),
      lfs_sha256: weights,
      lfs_size: 200_000,
    });
    expect(hub.requests.to('/api/')).toHaveLength(2);
    expect(hub.requests.to(/pickle|onnx|\.py|msgpack|\.h5|\.bin/)).toEqual([]);
    const total = NEEDED.reduce((sum, name) => sum + sizeOf((files as Record<string, unknown>)[name]), 0);
    expect(store.progress.at(-1)).toEqual([total, total]);
    expect(
      store.progress.every(
        ([done, all], index) => all === total && done >= (store.progress[index - 1]?.[0] ?? 0),
      ),
    ).toBe(true);
    expect(store.metrics.counts).toEqual({ remote: 1 });
  });

  it('that is pinned and complete is there without any request, with the hub dead', async () => {
    await using hub = await startFakeHub();
    const commit = hub.repository('org/name').commit(checkpointFiles());
    const store = await HubStore.open({ hubs: [hub.origin] });
    const first = await store.fetch(`org/name@${commit}`);
    hub.kill();
    const { length } = hub.requests.all;
    expect(await store.fetch(`hf://org/name@${commit}`)).toEqual(first);
    expect(await store.find(`org/name@${commit}`)).toEqual(first);
    expect(hub.requests.all).toHaveLength(length);
    // A pinned revision is no branch: there is nothing to remember.
    expect(await readdir(join(store.cache, 'models--org--name'))).not.toContain('refs');
  });

  it('fetches only what changed when a branch moves on', async () => {
    await using hub = await startFakeHub();
    const repository = hub.repository('org/name');
    const files = checkpointFiles();
    repository.commit(files);
    const store = await HubStore.open({ hubs: [hub.origin] });
    await store.fetch('org/name');
    const second = repository.commit({ ...files, 'config.json': `${files['config.json']} ` });
    hub.requests.clear();
    const snapshot = await store.fetch('org/name');
    expect(snapshot.reference).toBe(`hf://org/name@${second}`);
    expect(paths(hub.requests.to('/resolve/'))).toEqual([`/org/name/resolve/${second}/config.json`]);
    expect(await readFile(join(snapshot.directory, 'config.json'), 'utf8')).toBe(`${files['config.json']} `);
    expect(await readFile(join(store.cache, 'models--org--name/refs/main'), 'utf8')).toBe(second);
  });

  it('is fetched once for callers at the same time, and for those that stay when one leaves', async () => {
    await using hub = await startFakeHub();
    const commit = hub.repository('org/name').commit(checkpointFiles());
    const held = Promise.withResolvers<void>();
    hub.fault({ path: 'model.safetensors' }, { kind: 'hold', until: held.promise });
    const store = await HubStore.open({ hubs: [hub.origin] });
    const leaving = new AbortController();
    const gone = store.fetch(`org/name@${commit}`, leaving.signal);
    const staying = [store.fetch(`org/name@${commit}`), store.fetch(`org/name@${commit}`)];
    leaving.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    held.resolve();
    const [first, second] = await Promise.all(staying);
    expect(second).toEqual(first);
    expect(hub.requests.to('/tree/')).toHaveLength(1);
    expect(new Set(store.downloader.targets).size).toBe(store.downloader.targets.length);
  });

  it('ends its work when nobody waits any more', async () => {
    await using hub = await startFakeHub();
    hub.repository('org/name').commit(checkpointFiles());
    const held = Promise.withResolvers<void>();
    hub.fault({ path: 'model.safetensors' }, { kind: 'hold', until: held.promise });
    const store = await HubStore.open({ hubs: [hub.origin] });
    const leaving = new AbortController();
    const gone = store.fetch('org/name', leaving.signal);
    await until('the weights are asked for', () => hub.requests.to('model.safetensors').length > 0);
    leaving.abort(new Error('enough'));
    await expect(gone).rejects.toThrow('enough');
    await until('the download ends', () => store.downloader.failures.length > 0);
    held.resolve();
    expect(String(store.downloader.failures[0])).toContain('nobody waits');
    expect(await store.find('org/name')).toBeUndefined();
  });

  it('is completed where it was left incomplete, or holds files of a wrong size', async () => {
    await using hub = await startFakeHub();
    const commit = hub.repository('org/name').commit(checkpointFiles());
    const store = await HubStore.open({ hubs: [hub.origin] });
    const { directory } = await store.fetch('org/name');
    const weights = join(directory, 'model.safetensors');
    for (const damage of [
      () => rm(weights),
      () => rm(join(directory, 'tokenizer.json')),
      () => truncate(weights, 1000),
      async () => {
        await rm(weights);
        await writeFile(weights, 'a file in the place of a link');
      },
    ]) {
      await damage();
      expect(await store.find(`org/name@${commit}`)).toBeUndefined();
      await store.fetch(`org/name@${commit}`);
      expect(await store.find(`org/name@${commit}`)).toBeDefined();
      expect((await stat(weights)).size).toBe(200_000);
      expect((await lstat(weights)).isSymbolicLink()).toBe(true);
    }
  });

  it('has no ref until it is complete', async () => {
    await using hub = await startFakeHub();
    hub.repository('org/name').commit(checkpointFiles());
    hub.fault({ path: 'model.safetensors' }, { kind: 'status', status: 503 });
    const store = await HubStore.open({ hubs: [hub.origin] });
    await expect(store.fetch('org/name')).rejects.toThrow();
    expect(await readdir(join(store.cache, 'models--org--name'))).not.toContain('refs');
    await store.fetch('org/name');
    expect(await readdir(join(store.cache, 'models--org--name'))).toContain('refs');
  });

  it('may lie in a folder of its repository', async () => {
    await using hub = await startFakeHub();
    const files = Object.entries(checkpointFiles()).map(([path, content]) => [`small/v2/${path}`, content]);
    hub.repository('org/name').commit({ ...Object.fromEntries(files), 'config.json': '{}' });
    const store = await HubStore.open({ hubs: [hub.origin] });
    const snapshot = await store.fetch('hf://org/name@main/small/v2');
    expect(snapshot.reference).toMatch(/^hf:\/\/org\/name@[0-9a-f]{40}\/small\/v2$/);
    expect(snapshot.directory.endsWith('/small/v2')).toBe(true);
    expect(await readlink(join(snapshot.directory, 'config.json'))).toMatch(
      /^\.\.\/\.\.\/\.\.\/\.\.\/blobs\//,
    );
    expect(await store.find('hf://org/name/small/v2')).toEqual(snapshot);
  });

  it('may be named by a branch with slashes', async () => {
    await using hub = await startFakeHub();
    const commit = hub.repository('org/name').commit(checkpointFiles(), 'refs/pr/1');
    hub.repositories.get('org/name')?.pointTo('feature/x', commit);
    const store = await HubStore.open({ hubs: [hub.origin] });
    await store.fetch('org/name@refs/pr/1');
    await store.fetch('org/name@feature%2Fx');
    const folder = join(store.cache, 'models--org--name');
    expect(await readFile(join(folder, 'refs/refs/pr/1'), 'utf8')).toBe(commit);
    expect(await readFile(join(folder, 'refs/feature/x'), 'utf8')).toBe(commit);
  });

  it('is refused when a link of its snapshot leads out of its repository', async () => {
    await using hub = await startFakeHub();
    const commit = hub.repository('org/name').commit(checkpointFiles());
    const store = await HubStore.open({ hubs: [hub.origin] });
    const { directory } = await store.fetch('org/name');
    const outside = join(store.cache, 'secret');
    await writeFile(outside, 'x'.repeat(200_000));
    await rm(join(directory, 'model.safetensors'));
    await symlink(outside, join(directory, 'model.safetensors'));
    const refused = { type: 'forbidden_reference', message: expect.stringContaining('leads out') };
    await expect(store.find(`org/name@${commit}`)).rejects.toMatchObject(refused);
    await expect(store.fetch('org/name')).rejects.toMatchObject(refused);
  });

  it('may have its blobs in the store that huggingface_hub 2 shares between repositories', async () => {
    await using hub = await startFakeHub();
    const files = checkpointFiles();
    const commit = hub.repository('org/name').commit(files);
    const store = await HubStore.open({ hubs: [hub.origin] });
    const first = await store.fetch('org/name');
    const blob = join(store.cache, 'models--org--name/blobs', sha256Of(files['model.safetensors'] as never));
    const hash = 'ab'.repeat(32);
    await mkdir(join(store.cache, 'blobs/ab'), { recursive: true });
    await rename(blob, join(store.cache, 'blobs/ab', hash));
    await symlink(`../../blobs/ab/${hash}`, blob);
    hub.kill();
    expect(await store.fetch(`org/name@${commit}`)).toEqual(first);
  });

  it('is listed with its size and what means it', async () => {
    await using hub = await startFakeHub();
    const commit = hub.repository('org/name').commit(checkpointFiles(seededContent('other', 1000)));
    const store = await HubStore.open({ hubs: [hub.origin] });
    expect(await listSnapshots(store.cache)).toEqual([]);
    const { directory, reference } = await store.fetch('org/name');
    const [listed, ...others] = await listSnapshots(store.cache);
    expect(others).toEqual([]);
    expect(listed).toMatchObject({
      id: 'org/name',
      commit,
      directory,
      reference,
      root: store.cache,
      revisions: ['main'],
    });
    expect(listed?.files.map(({ path }) => path).toSorted()).toEqual(NEEDED.toSorted());
    expect(listed?.bytes).toBe(listed?.files.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(listed?.bytes).toBeGreaterThan(1000);
  });
});

function sizeOf(content: unknown): number {
  return typeof content === 'string' ? content.length : (content as { size: number }).size;
}
