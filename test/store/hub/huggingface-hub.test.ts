import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listSnapshots } from '../../../src/store/hub/cache/list-snapshots.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { HubStore } from '../../support/hub/hub-store.ts';
import { PYTHON, python } from '../../support/hub/python.ts';
import { checkpointFiles } from '../../support/hub/repositories.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NEEDED = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];

const title =
  PYTHON === undefined
    ? 'Python’s huggingface_hub (skipped: set RERANK_TEST_PYTHON to a Python that has it, see scripts/interop/README.md)'
    : 'Python’s huggingface_hub';

describe.skipIf(PYTHON === undefined)(title, () => {
  it.each([
    ['links', {}],
    ['files', { HF_HUB_DISABLE_SYMLINKS: '1' }],
  ])('brings a model, as %s, that is then here without any request', async (form, settings) => {
    await using hub = await startFakeHub();
    const commit = hub.repository('org/name').commit(checkpointFiles());
    const cache = await temporaryDirectory();
    await python('snapshot_download("org/name")', {
      HF_ENDPOINT: hub.origin,
      HF_HUB_CACHE: cache,
      ...settings,
    });
    hub.requests.clear();
    const store = await HubStore.open({ hubs: [hub.origin], cache });
    const snapshot = await store.fetch(`org/name@${commit}`);
    expect(hub.requests.all).toEqual([]);
    expect(snapshot.files.toSorted()).toEqual(NEEDED);
    const isLink = (await lstat(join(snapshot.directory, 'model.safetensors'))).isSymbolicLink();
    expect(isLink).toBe(form === 'links');
    const offline = await HubStore.open({ hubs: [hub.origin], cache, offline: true });
    expect(await offline.fetch('org/name')).toEqual(snapshot);
    expect((await listSnapshots(store.cache))[0]).toMatchObject({
      id: 'org/name',
      commit,
      revisions: ['main'],
    });
    // The listing that it left is understood, and one request is enough for a branch.
    expect((await store.fetch('org/name')).reference).toBe(snapshot.reference);
    expect(hub.requests.all).toHaveLength(1);
  });

  it('brings some files of a model, and only the others are fetched', async () => {
    await using hub = await startFakeHub();
    hub.repository('org/name').commit(checkpointFiles());
    const cache = await temporaryDirectory();
    const settings = { HF_ENDPOINT: hub.origin, HF_HUB_CACHE: cache };
    await python('hf_hub_download("org/name", "model.safetensors")', settings);
    hub.requests.clear();
    const store = await HubStore.open({ hubs: [hub.origin], cache });
    await store.fetch('org/name');
    expect(
      hub.requests
        .to('/resolve/')
        .map(({ path }) => path.split('/').at(-1) ?? '')
        .toSorted(),
    ).toEqual(NEEDED.filter((name) => name !== 'model.safetensors'));
  });

  it('finds without network what was fetched here, and nothing wrong with it', async () => {
    await using hub = await startFakeHub();
    const commit = hub.repository('org/name').commit(checkpointFiles());
    const store = await HubStore.open({ hubs: [hub.origin] });
    const { directory } = await store.fetch('org/name');
    hub.kill();
    const found = await python(
      `
from huggingface_hub import _CACHED_NO_EXIST
cache = scan_cache_dir()
repo, = cache.repos
revision, = repo.revisions
print(json.dumps({
    "directory": snapshot_download("org/name", allow_patterns=${JSON.stringify(NEEDED)}),
    "config": hf_hub_download("org/name", "config.json"),
    "tree": sorted(file.path for file in get_cached_repo_tree("org/name")),
    "absent": try_to_load_from_cache("org/name", "special_tokens_map.json") is _CACHED_NO_EXIST,
    "warnings": [str(warning) for warning in cache.warnings],
    "id": repo.repo_id, "commit": revision.commit_hash, "refs": sorted(revision.refs),
    "files": sorted(file.file_name for file in revision.files),
}))`,
      { HF_ENDPOINT: hub.origin, HF_HUB_CACHE: store.cache, HF_HUB_OFFLINE: '1' },
    );
    expect(found).toEqual({
      directory,
      config: join(directory, 'config.json'),
      tree: Object.keys(checkpointFiles()).toSorted(),
      absent: true,
      warnings: [],
      id: 'org/name',
      commit,
      refs: ['main'],
      files: NEEDED,
    });
  });

  it.each([true, false])('fetches only what was not fetched here (links: %s)', async (symlinks) => {
    await using hub = await startFakeHub();
    hub.repository('org/name').commit(checkpointFiles());
    const cache = await temporaryDirectory();
    const store = await HubStore.open({
      hubs: [hub.origin],
      cache,
      roots: { writable: cache, readOnly: [], symlinks },
    });
    await store.fetch('org/name');
    hub.requests.clear();
    await python('snapshot_download("org/name")', {
      HF_ENDPOINT: hub.origin,
      HF_HUB_CACHE: cache,
      HF_HUB_DISABLE_SYMLINKS: symlinks ? '0' : '1',
    });
    const fetched = hub.requests.to('/resolve/').filter(({ method }) => method === 'GET');
    expect(
      fetched.map(({ path }) => path).filter((path) => NEEDED.some((name) => path.endsWith(`/${name}`))),
    ).toEqual([]);
    expect(fetched.length).toBeGreaterThan(0);
    expect(hub.requests.to('/tree/')).toEqual([]);
  });

  it('and this server may bring the same model at the same time', async () => {
    await using hub = await startFakeHub();
    const commit = hub.repository('org/name').commit(checkpointFiles());
    const store = await HubStore.open({ hubs: [hub.origin] });
    const settings = { HF_ENDPOINT: hub.origin, HF_HUB_CACHE: store.cache };
    const [directory, ...snapshots] = await Promise.all([
      python('print(json.dumps(snapshot_download("org/name")))', settings),
      store.fetch('org/name'),
      store.fetch(`org/name@${commit}`),
    ]);
    for (const snapshot of snapshots) expect(snapshot.directory).toBe(directory);
  });
});
