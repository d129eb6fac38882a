import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { cachedBranch } from '../../support/hub/cached-branch.ts';
import { HubStore } from '../../support/hub/hub-store.ts';

describe('offline', () => {
  const noTransport = {
    request: () => Promise.reject(new Error('a socket was opened')),
    close: () => Promise.resolve(),
  };

  it('a model is served without any request, whether it is named by branch or commit', async () => {
    await using hub = await startFakeHub();
    const { store, commit } = await cachedBranch(hub);
    const offline = await HubStore.open({
      hubs: [hub.origin],
      cache: store.cache,
      offline: true,
      transport: noTransport,
    });
    for (const reference of ['org/name', 'hf://org/name@main', `org/name@${commit}`]) {
      expect(await offline.fetch(reference)).toMatchObject({
        stale: false,
        reference: `hf://org/name@${commit}`,
      });
    }
    expect(offline.warnings).toEqual([]);
    expect(hub.requests.all).toEqual([]);
  });

  it('a miss names the places that were searched', async () => {
    await using hub = await startFakeHub();
    const { store, commit } = await cachedBranch(hub);
    await rm(join(store.cache, 'models--org--name/snapshots', commit, 'model.safetensors'));
    const offline = await HubStore.open({
      hubs: [hub.origin],
      cache: store.cache,
      offline: true,
      transport: noTransport,
    });
    for (const reference of ['org/other', 'org/name', `org/name@${commit}`, 'org/name@v2']) {
      const id = reference.split('@')[0]?.replace('/', '--');
      await expect(offline.fetch(reference), reference).rejects.toMatchObject({
        type: 'model_not_found',
        detail: expect.stringContaining(join(store.cache, `models--${id}`)),
      });
    }
  });
});
