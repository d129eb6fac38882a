import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInnerPath } from '../../../src/store/hub/safe-path.ts';
import { type FakeHub, startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { HubStore } from '../../support/hub/hub-store.ts';
import { ImpatientClock } from '../../support/hub/impatient-clock.ts';
import { checkpointFiles } from '../../support/hub/repositories.ts';

interface Entry {
  path: string;
  oid: string;
  size: number;
  lfs?: { oid: string; size: number };
}

/** A hub whose listing of the weights is not to be believed. */
async function lyingHub(lie: (entries: Entry[]) => unknown): Promise<FakeHub> {
  const hub = await startFakeHub();
  hub.repository('org/name').commit(checkpointFiles());
  hub.fault({ path: '/tree/', times: 99 }, { kind: 'json', replace: (answer) => lie(answer as Entry[]) });
  return hub;
}

function weights(entries: Entry[], change: (entry: Entry) => void): Entry[] {
  for (const entry of entries) if (entry.path === 'model.safetensors') change(entry);
  return entries;
}

const lies: [string, (entries: Entry[]) => unknown][] = [
  [
    'an LFS hash that is a path',
    (all) => weights(all, (entry) => (entry.lfs = { oid: '../../../x', size: 1 })),
  ],
  ['an LFS hash that is short', (all) => weights(all, (entry) => (entry.lfs = { oid: 'abc', size: 1 }))],
  [
    'an LFS hash in upper case',
    (all) => weights(all, (entry) => (entry.lfs = { oid: 'A'.repeat(64), size: 1 })),
  ],
  ['an object id that is a path', (all) => weights(all, (entry) => (entry.oid = '../../../../etc/passwd'))],
  ['an object id of another length', (all) => weights(all, (entry) => (entry.oid = 'a'.repeat(39)))],
  ['a negative size', (all) => weights(all, (entry) => (entry.lfs = { oid: 'a'.repeat(64), size: -1 }))],
  ['half a byte', (all) => weights(all, (entry) => (entry.lfs = { oid: 'a'.repeat(64), size: 1.5 }))],
  [
    'a file beyond all measure',
    (all) => weights(all, (entry) => (entry.lfs = { oid: 'a'.repeat(64), size: 2 ** 50 })),
  ],
  ['an absolute path', (all) => weights(all, (entry) => (entry.path = '/etc/cron.d/x'))],
  ['a path that climbs', (all) => weights(all, (entry) => (entry.path = '../../x'))],
  ['a path that climbs in the middle', (all) => weights(all, (entry) => (entry.path = 'onnx/../../x'))],
  ['a path with a backslash', (all) => weights(all, (entry) => (entry.path = '..\\x'))],
  ['a path with a zero byte', (all) => weights(all, (entry) => (entry.path = 'model.safetensors\0.txt'))],
  ['a path of another drive', (all) => weights(all, (entry) => (entry.path = 'C:model.safetensors'))],
  ['a path without end', (all) => weights(all, (entry) => (entry.path = 'a/'.repeat(2000)))],
  ['a file twice', (all) => [...all, ...all]],
  ['no list', () => ({ error: 'no' })],
  ['numbers', () => [1, 2, 3]],
  ['no JSON', () => '<html>'],
];

describe('a listing with', () => {
  it.each(lies)('%s is refused, and nothing is written', async (_, lie) => {
    await using hub = await lyingHub(lie);
    const store = await HubStore.open({ hubs: [hub.origin], clock: new ImpatientClock() });
    await expect(store.fetch('org/name')).rejects.toMatchObject({ type: 'source_failed' });
    expect(hub.requests.to('/resolve/')).toEqual([]);
    expect(store.downloader.targets).toEqual([]);
    expect(await readdir(store.cache)).toEqual(['CACHEDIR.TAG']);
  });

  it('a hash that is none is no matter where another hub tells the truth', async () => {
    await using mirror = await lyingHub((all) => weights(all, (entry) => (entry.oid = 'x')));
    await using hub = await startFakeHub({ mirrorOf: mirror });
    const store = await HubStore.open({ hubs: [mirror.origin, hub.origin] });
    await store.fetch('org/name');
    expect(store.metrics.counts.failover).toBe(1);
  });

  it('a Xet hash that is none is kept without it: huggingface_hub would throw the listing away', async () => {
    await using hub = await lyingHub((all) => all.map((entry) => ({ ...entry, xetHash: '../x' })));
    const store = await HubStore.open({ hubs: [hub.origin] });
    const { directory } = await store.fetch('org/name');
    const commit = directory.split('/').at(-1);
    const text = await readFile(join(store.cache, `models--org--name/trees/${commit}.json`), 'utf8');
    expect(text).not.toContain('xet');
  });
});

describe('a model', () => {
  it.each<[string, (entries: Entry[]) => Entry[], RegExp]>([
    [
      'whose config.json has a gigabyte',
      (all) => at(all, 'config.json', 2 ** 30),
      /config.json has 1073741824 bytes/,
    ],
    ['whose tokenizer is empty', (all) => at(all, 'tokenizer.json', 0), /tokenizer.json is empty/],
    [
      'that is larger than allowed',
      (all) => at(all, 'tokenizer.json', 5_000),
      /it has \d+ bytes; at most 204000/,
    ],
  ])('%s is not fetched', async (_, lie, message) => {
    await using hub = await lyingHub(lie);
    const store = await HubStore.open({ hubs: [hub.origin], maxModelBytes: 204_000 });
    await expect(store.fetch('org/name')).rejects.toMatchObject({
      type: 'invalid_model',
      message: expect.stringMatching(message),
    });
    expect(store.downloader.targets.filter((target) => !target.includes('config'))).toHaveLength(
      message.source.startsWith('config') ? 0 : 1,
    );
  });

  it('is not begun when there is no room for all of it', async () => {
    await using hub = await startFakeHub();
    hub.repository('org/name').commit(checkpointFiles());
    const asked: number[] = [];
    const space = {
      reserve: (_: string, bytes: number) => {
        asked.push(bytes);
        return Promise.reject(new Error('no room'));
      },
    };
    const store = await HubStore.open({ hubs: [hub.origin], space });
    await expect(store.fetch('org/name')).rejects.toThrow('no room');
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThan(200_000);
    expect(hub.requests.to('model.safetensors')).toEqual([]);
  });
});

it('a disk that is full or read-only is called that', async () => {
  await using hub = await startFakeHub();
  hub.repository('org/name').commit(checkpointFiles());
  for (const code of ['ENOSPC', 'EROFS']) {
    const downloader = { fetch: () => Promise.reject(Object.assign(new Error(code), { code })) };
    const store = await HubStore.open({ hubs: [hub.origin], downloader });
    await expect(store.fetch('org/name')).rejects.toMatchObject({
      type: 'insufficient_storage',
      message: expect.stringContaining(store.cache),
    });
  }
});

describe('a listing of several pages', () => {
  it('is read to its end', async () => {
    await using hub = await startFakeHub({ treePageEntries: 3 });
    hub.repository('org/name').commit(checkpointFiles());
    const store = await HubStore.open({ hubs: [hub.origin] });
    await store.fetch('org/name');
    expect(hub.requests.to('/tree/').length).toBeGreaterThan(3);
  });

  it('goes on at the endpoint that began it, wherever its links lead', async () => {
    await using hub = await startFakeHub({ treePageEntries: 6 });
    hub.repository('org/name').commit(checkpointFiles());
    const link = '<https://elsewhere.example/api/steal?recursive=true&cursor=6>; rel="next"';
    hub.fault('/tree/', { kind: 'header', name: 'link', value: link });
    const store = await HubStore.open({ hubs: [hub.origin] });
    await store.fetch('org/name');
    expect(hub.requests.to('cursor=6')).toHaveLength(1);
  });

  it('that never ends is refused', async () => {
    await using hub = await startFakeHub({ treePageEntries: 6 });
    hub.repository('org/name').commit(checkpointFiles());
    const link = '</x?recursive=true&expand=false>; rel="next"';
    hub.fault({ path: '/tree/', times: 99 }, { kind: 'header', name: 'link', value: link });
    const store = await HubStore.open({ hubs: [hub.origin], clock: new ImpatientClock() });
    await expect(store.fetch('org/name')).rejects.toThrow('same page');
    expect(hub.requests.to('/tree/')).toHaveLength(3);
  });
});

it('no path that is taken for an inner one leads out', () => {
  const part = fc.oneof(
    fc.constantFrom('..', '.', '', '/', '\\', 'C:', 'a', '\0'),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const path = parts.join('/');
      if (!isInnerPath(path)) return;
      expect(join('/root/inside', path).startsWith('/root/inside/')).toBe(true);
      expect(join('/root/inside', path)).not.toContain('\0');
    }),
  );
});

function at(entries: Entry[], path: string, size: number): Entry[] {
  return entries.map((entry) => (entry.path === path ? { ...entry, size } : entry));
}
