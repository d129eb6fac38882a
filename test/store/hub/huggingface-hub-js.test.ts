import { downloadFileToCacheDir, scanCacheDir, snapshotDownload } from '@huggingface/hub';
import { expect, it, vi } from 'vitest';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { HubStore } from '../../support/hub/hub-store.ts';
import { checkpointFiles } from '../../support/hub/repositories.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NEEDED = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];

it('what @huggingface/hub brought is here, with one request for the listing that it does not leave', async () => {
  await using hub = await startFakeHub();
  const commit = hub.repository('org/name').commit(checkpointFiles());
  const cache = await temporaryDirectory();
  vi.spyOn(console, 'debug').mockReturnValue();
  vi.spyOn(console, 'info').mockReturnValue();
  vi.spyOn(console, 'log').mockReturnValue();
  await snapshotDownload({ repo: 'org/name', cacheDir: cache, hubUrl: hub.origin, fetch: withPathsInfo });
  hub.requests.clear();
  const store = await HubStore.open({ hubs: [hub.origin], cache });
  const snapshot = await store.fetch(`org/name@${commit}`);
  expect(snapshot.files.toSorted()).toEqual(NEEDED);
  expect(hub.requests.all.map(({ path }) => path)).toEqual([expect.stringContaining('/tree/')]);
  const offline = await HubStore.open({ hubs: [hub.origin], cache, offline: true });
  expect(await offline.fetch('org/name')).toEqual(snapshot);
});

it('@huggingface/hub finds what was fetched here', async () => {
  await using hub = await startFakeHub();
  const commit = hub.repository('org/name').commit(checkpointFiles());
  const store = await HubStore.open({ hubs: [hub.origin] });
  const { directory } = await store.fetch('org/name');
  hub.requests.clear();
  const options = { repo: 'org/name', cacheDir: store.cache, hubUrl: hub.origin, revision: commit };
  for (const path of NEEDED) {
    expect(await downloadFileToCacheDir({ ...options, path })).toBe(`${directory}/${path}`);
  }
  expect(hub.requests.to('/resolve/').filter(({ method }) => method === 'GET')).toEqual([]);
  const { repos, warnings } = await scanCacheDir(store.cache);
  expect(warnings).toEqual([]);
  expect(repos.map(({ id }) => id.name)).toEqual(['org/name']);
});

/** It asks for some paths by POST, which the fake hub doesn't know: they are taken from the whole listing. */
async function withPathsInfo(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const url = String(input instanceof Request ? input.url : input);
  if (!url.includes('/paths-info/')) return await fetch(input, init);
  const { paths } = JSON.parse(typeof init?.body === 'string' ? init.body : '') as { paths: string[] };
  const listing = await fetch(`${url.replace('/paths-info/', '/tree/')}?recursive=true`);
  const entries = (await listing.json()) as { path: string }[];
  return Response.json(
    entries
      .filter(({ path }) => paths.includes(path))
      .map((entry) => ({
        ...entry,
        lastCommit: { id: '0'.repeat(40), title: '', date: '2026-01-01T00:00:00.000Z' },
      })),
  );
}
