import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FakeHub, startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { cachedBranch } from '../../support/hub/cached-branch.ts';
import { HubStore, type HubStoreSettings } from '../../support/hub/hub-store.ts';

describe('a snapshot without the listing of its commit, as older programs leave it', () => {
  async function unlisted(hub: FakeHub, settings: Partial<HubStoreSettings> = {}) {
    const { store, commit } = await cachedBranch(hub);
    await rm(join(store.cache, 'models--org--name/trees'), { recursive: true });
    return { commit, store: await HubStore.open({ hubs: [hub.origin], cache: store.cache, ...settings }) };
  }

  it('is held against its listing when the hub is there, by one request', async () => {
    await using hub = await startFakeHub();
    const { store, commit } = await unlisted(hub);
    await store.fetch(`org/name@${commit}`);
    await store.fetch(`org/name@${commit}`);
    expect(hub.requests.all).toHaveLength(1);
  });

  it('is used as it is when the hub is dead', async () => {
    await using hub = await startFakeHub();
    const { store, commit } = await unlisted(hub);
    hub.kill();
    await store.fetch(`org/name@${commit}`);
    expect(store.warnings).toEqual([expect.stringContaining('used as they are')]);
  });

  it('is used as it is when the hub is out and a mirror does not have it', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub();
    const { store, commit } = await unlisted(hub, { hubs: [hub.origin, mirror.origin] });
    hub.fault({ path: '/tree/', times: 99 }, { kind: 'status', status: 503 });
    await store.fetch(`org/name@${commit}`);
    expect(store.warnings).toEqual([expect.stringContaining('used as they are')]);
  });

  it('makes a slow hub be waited for once, not twice', async () => {
    await using hub = await startFakeHub();
    const { store } = await unlisted(hub);
    hub.fault({ path: '/api/', times: 99 }, { kind: 'status', status: 500 });
    expect((await store.fetch('org/name')).stale).toBe(true);
    expect(hub.requests.all).toHaveLength(1);
  });

  it('is complete only with all shards that its index names', async () => {
    await using hub = await startFakeHub();
    const commit = '1'.repeat(40);
    const store = await HubStore.open({ hubs: [hub.origin], offline: true });
    const directory = join(store.cache, 'models--org--sharded/snapshots', commit);
    await mkdir(directory, { recursive: true });
    const index = {
      weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
    };
    await writeFile(join(directory, 'config.json'), '{}');
    await writeFile(join(directory, 'tokenizer.json'), '{}');
    await writeFile(join(directory, 'model.safetensors.index.json'), JSON.stringify(index));
    await writeFile(join(directory, 'model-00001-of-00002.safetensors'), 'a');
    expect(await store.find(`org/sharded@${commit}`)).toBeUndefined();
    await writeFile(join(directory, 'model-00002-of-00002.safetensors'), 'b');
    expect((await store.find(`org/sharded@${commit}`))?.files).toHaveLength(5);
  });
});
