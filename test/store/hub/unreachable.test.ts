import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FakeHub, startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import type { Fault } from '../../support/fake-hub/faults.ts';
import { HubStore, type HubStoreSettings } from '../../support/hub/hub-store.ts';
import { ImpatientClock } from '../../support/hub/impatient-clock.ts';
import { checkpointFiles } from '../../support/hub/repositories.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';

/** A branch that is complete on this machine, at a hub that has moved on. */
async function cachedBranch(hub: FakeHub, settings: Partial<HubStoreSettings> = {}) {
  const repository = hub.repository('org/name');
  const files = checkpointFiles();
  const commit = repository.commit(files);
  const store = await HubStore.open({ hubs: [hub.origin], ...settings });
  await store.fetch('org/name');
  const next = repository.commit({
    ...files,
    'config.json': '{"architectures": ["BertForSequenceClassification"]}',
  });
  hub.requests.clear();
  return { store, commit, next };
}

describe('a branch that is on this machine', () => {
  it('is not looked up again within its time, not even by another process, and then by one request', async () => {
    await using hub = await startFakeHub();
    const clock = new ManualClock();
    const { store, commit, next } = await cachedBranch(hub, { clock, ttlMs: 60_000 });
    clock.advance(59_999);
    expect((await store.fetch('org/name')).reference).toContain(commit);
    const other = await HubStore.open({
      hubs: [hub.origin],
      cache: store.cache,
      stateDirectory: store.state,
      clock,
      ttlMs: 60_000,
    });
    expect((await other.fetch('org/name')).reference).toContain(commit);
    expect(hub.requests.all).toEqual([]);
    clock.advance(1);
    expect((await store.fetch('org/name')).reference).toContain(next);
    expect(hub.requests.to('/revision/')).toHaveLength(1);
  });

  it('is looked up when "hf download" moved it meanwhile', async () => {
    await using hub = await startFakeHub();
    const { store, next } = await cachedBranch(hub, { ttlMs: 3_600_000 });
    await store.fetch(`org/name@${next}`);
    await store.fetch('org/name');
    expect(hub.requests.to('/revision/')).toEqual([]);
    const ref = join(store.cache, 'models--org--name/refs/main');
    await writeFile(ref, next);
    await utimes(ref, new Date(), new Date(Date.now() + 5_000));
    expect((await store.find('org/name'))?.reference).toContain(next);
    await store.fetch('org/name');
    expect(hub.requests.to('/revision/')).toHaveLength(1);
  });

  it('costs one request when nothing changed', async () => {
    await using hub = await startFakeHub();
    const { store, commit } = await cachedBranch(hub);
    hub.repositories.get('org/name')?.pointTo('main', commit);
    await store.fetch('org/name');
    expect(hub.requests.all).toHaveLength(1);
  });

  const outages: [string, Fault][] = [
    ['500', { kind: 'status', status: 500 }],
    ['503', { kind: 'status', status: 503, retryAfter: '3600' }],
    ['429', { kind: 'status', status: 429 }],
    ['a page of a captive portal', { kind: 'json', replace: () => '<html>Please log in</html>' }],
    ['no commit', { kind: 'json', replace: () => ({ id: 'org/name' }) }],
    ['a commit that is a path', { kind: 'json', replace: () => ({ sha: '../../../../etc' }) }],
    ['half an answer', { kind: 'json', replace: () => '{"sha": "0123' }],
    ['a redirect to a metadata address', { kind: 'redirect', to: 'http://169.254.169.254/latest' }],
  ];
  it.each(outages)('is used as it was when the hub answers %s', async (_, fault) => {
    await using hub = await startFakeHub();
    const { store, commit } = await cachedBranch(hub);
    hub.fault({ path: '/revision/main', times: 99 }, fault);
    expect(await store.fetch('org/name')).toMatchObject({
      stale: true,
      reference: `hf://org/name@${commit}`,
    });
    expect(store.warnings).toEqual([expect.stringContaining(`taken to be ${commit}, as it was before`)]);
    expect(store.metrics.counts).toMatchObject({ stale: 1, disk: 1 });
    expect(hub.requests.all.length).toBeLessThanOrEqual(1);
  });

  it('is used as it was when the hub is dead', async () => {
    await using hub = await startFakeHub();
    const { store, commit } = await cachedBranch(hub);
    hub.kill();
    expect(await store.fetch('org/name')).toMatchObject({
      stale: true,
      reference: `hf://org/name@${commit}`,
    });
  });

  it.each(['first', 'last'])(
    'is used as it was when the hub that comes %s is out and a mirror never had it',
    async (place) => {
      await using hub = await startFakeHub();
      await using mirror = await startFakeHub();
      const hubs = place === 'first' ? [hub.origin, mirror.origin] : [mirror.origin, hub.origin];
      const { store, commit } = await cachedBranch(hub, { hubs });
      hub.fault({ path: '/revision/main', times: 99 }, { kind: 'status', status: 503 });
      expect(await store.fetch('org/name')).toMatchObject({
        stale: true,
        reference: `hf://org/name@${commit}`,
      });
    },
  );

  it('is not used when one hub is out and another does not let us in', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub({ mirrorOf: hub });
    const { store } = await cachedBranch(hub, { hubs: [hub.origin, mirror.origin] });
    hub.fault('/revision/main', { kind: 'status', status: 503 });
    mirror.fault('/revision/main', { kind: 'status', status: 403 });
    await expect(store.fetch('org/name')).rejects.toThrow(/does not let us read org\/name.*answered 503/);
  });

  it('is used as it was after 3 seconds without an answer', async () => {
    await using hub = await startFakeHub();
    const clock = new ManualClock();
    const { store, commit } = await cachedBranch(hub, { clock });
    hub.fault('/revision/main', { kind: 'hold', until: new Promise(() => {}) });
    let isDone = false;
    const fetching = store.fetch('org/name').finally(() => {
      isDone = true;
    });
    await until('the hub is asked', () => hub.requests.all.length === 1);
    clock.advance(2_999);
    await new Promise(setImmediate);
    expect(isDone).toBe(false);
    clock.advance(1);
    expect(await fetching).toMatchObject({ stale: true, reference: `hf://org/name@${commit}` });
  });

  it('waits 3 seconds for all mirrors together', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub({ mirrorOf: hub });
    const clock = new ManualClock();
    const { store } = await cachedBranch(hub, { clock, hubs: [hub.origin, mirror.origin] });
    for (const server of [hub, mirror]) {
      server.fault('/revision/main', { kind: 'hold', until: new Promise(() => {}) });
    }
    const fetching = store.fetch('org/name');
    await until('the hub is asked', () => hub.requests.all.length === 1);
    clock.advance(1_500);
    await until('the mirror is asked', () => mirror.requests.all.length === 1);
    clock.advance(1_500);
    expect(await fetching).toMatchObject({ stale: true });
  });

  it('is not asked for at a hub that failed three times, until half a minute has passed', async () => {
    await using hub = await startFakeHub();
    const clock = new ManualClock();
    const { store, next } = await cachedBranch(hub, { clock });
    hub.fault({ path: '/revision/main', times: 3 }, { kind: 'status', status: 500 });
    for (let time = 0; time < 5; time++) expect((await store.fetch('org/name')).stale).toBe(true);
    expect(hub.requests.all).toHaveLength(3);
    clock.advance(30_000);
    expect(await store.fetch('org/name')).toMatchObject({ stale: false, reference: `hf://org/name@${next}` });
  });

  it.each([
    [401, undefined, 'source_failed', /answered 401/],
    [401, 'RepoNotFound', 'model_not_found', /private/],
    [403, undefined, 'source_failed', /answered 403/],
    [403, 'GatedRepo', 'source_failed', /gated/],
    [404, 'RepoNotFound', 'model_not_found', /private/],
    [404, 'RevisionNotFound', 'model_not_found', /no revision "main"/],
    [404, undefined, 'model_not_found', /no model/],
  ] as const)('is not used when the hub answers %i %s', async (status, errorCode, type, message) => {
    await using hub = await startFakeHub();
    const { store } = await cachedBranch(hub);
    hub.fault('/revision/main', {
      kind: 'status',
      status,
      ...(errorCode === undefined ? {} : { errorCode }),
    });
    const failure = store.fetch('org/name');
    await expect(failure).rejects.toMatchObject({ type, message: expect.stringMatching(message) });
    if (status === 401)
      await expect(failure).rejects.toMatchObject({ detail: expect.stringContaining('HF_TOKEN') });
    expect(store.metrics.counts.stale).toBeUndefined();
  });
});

describe('a model that is not on this machine', () => {
  it('is asked for again when the hub has a bad moment', async () => {
    await using hub = await startFakeHub();
    hub.repository('org/name').commit(checkpointFiles());
    hub.fault('/revision/main', { kind: 'status', status: 503, retryAfter: '1' });
    hub.fault('/tree/', { kind: 'status', status: 429 });
    const clock = new ImpatientClock();
    const store = await HubStore.open({ hubs: [hub.origin], clock });
    await store.fetch('org/name');
    // What it asked for, then half a second.
    expect(clock.pauses).toEqual([1000, 500]);
    expect(store.warnings).toEqual([
      `${new URL(hub.origin).host} answered 503 and asks to wait 1 s: it is asked again then`,
    ]);
  });

  it('is not waited for when the hub asks for longer than anybody waits', async () => {
    await using hub = await startFakeHub();
    hub.repository('org/name').commit(checkpointFiles());
    hub.fault({ path: '/revision/main', times: 99 }, { kind: 'status', status: 429, retryAfter: '3600' });
    const clock = new ImpatientClock();
    const store = await HubStore.open({ hubs: [hub.origin], clock });
    await expect(store.fetch('org/name')).rejects.toMatchObject({
      type: 'source_failed',
      message: expect.stringContaining(`${new URL(hub.origin).host} answered 429 and asks to wait 3600 s`),
      detail: expect.stringMatching(/HF_TOKEN.*mirror/),
    });
    expect(hub.requests.all).toHaveLength(1);
    expect(clock.pauses).toEqual([]);
  });

  it('comes from a mirror when the hub asks to wait, and says so at once', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub({ mirrorOf: hub });
    hub.repository('org/name').commit(checkpointFiles());
    hub.fault({ path: '/revision/main', times: 99 }, { kind: 'status', status: 429, retryAfter: '3600' });
    // Only the mirror is asked again.
    mirror.fault('/revision/main', { kind: 'status', status: 500 });
    const clock = new ImpatientClock();
    const store = await HubStore.open({ hubs: [hub.origin, mirror.origin], clock });
    await store.fetch('org/name');
    expect(store.warnings[0]).toBe(
      `${new URL(hub.origin).host} answered 429 and asks to wait 3600 s: the next endpoint is asked`,
    );
    expect(hub.requests.to('/revision/main')).toHaveLength(1);
    expect(clock.pauses).toEqual([500]);
  });

  it('fails when no hub answers, with a reason for each', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub({ mirrorOf: hub });
    hub.kill();
    mirror.fault({ path: '/revision/', times: 99 }, { kind: 'status', status: 502 });
    const store = await HubStore.open({ hubs: [hub.origin, mirror.origin], clock: new ImpatientClock() });
    const host = (origin: string) => new URL(origin).host;
    await expect(store.fetch('org/name')).rejects.toMatchObject({
      type: 'source_failed',
      message: expect.stringMatching(
        `${host(hub.origin)} could not be asked .*; ${host(mirror.origin)} answered 502`,
      ),
      detail: expect.stringContaining('RERANK_HUB_ENDPOINTS'),
    });
    expect(mirror.requests.all).toHaveLength(3);
  });

  it('comes from a mirror when the hub is dead, or does not have it', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub();
    const commit = mirror.repository('org/name').commit(checkpointFiles());
    const store = await HubStore.open({ hubs: [hub.origin, mirror.origin] });
    expect((await store.fetch('org/name')).reference).toContain(commit);
    expect(store.metrics.counts.failover).toBe(2);
    hub.kill();
    const other = await HubStore.open({ hubs: [hub.origin, mirror.origin] });
    expect((await other.fetch('org/name')).reference).toContain(commit);
  });

  it('is not found when every hub says so', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub();
    const store = await HubStore.open({ hubs: [hub.origin, mirror.origin] });
    await expect(store.fetch('org/name')).rejects.toMatchObject({ type: 'model_not_found' });
    for (const server of [hub, mirror]) expect(server.requests.all).toHaveLength(1);
  });

  it('is asked for again at the hub that has a bad moment, and no more at the one that does not have it', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub();
    hub.repository('org/name').commit(checkpointFiles());
    hub.fault({ path: '/revision/main', times: 2 }, { kind: 'status', status: 503 });
    mirror.fault({ path: '/api/', times: 99 }, { kind: 'status', status: 404, retryAfter: '7' });
    const clock = new ImpatientClock();
    const store = await HubStore.open({ hubs: [hub.origin, mirror.origin], clock });
    await store.fetch('org/name');
    expect(clock.pauses).toEqual([500, 1000]);
    expect(mirror.requests.to('/revision/')).toHaveLength(1);
  });

  it.each(['first', 'last'])(
    'is not said to be missing while the hub that comes %s is out',
    async (place) => {
      await using hub = await startFakeHub();
      await using mirror = await startFakeHub();
      hub.fault({ path: '/revision/', times: 99 }, { kind: 'status', status: 503 });
      const hubs = place === 'first' ? [hub.origin, mirror.origin] : [mirror.origin, hub.origin];
      const store = await HubStore.open({ hubs, clock: new ImpatientClock() });
      const failure = store.fetch('org/name');
      await expect(failure).rejects.toMatchObject({ type: 'source_failed' });
      await expect(failure).rejects.toThrow(/^org\/name can't be looked up: /);
      await expect(failure).rejects.toThrow(`${new URL(hub.origin).host} answered 503`);
      await expect(failure).rejects.toThrow(`${new URL(mirror.origin).host} answered 401`);
      expect(hub.requests.all).toHaveLength(3);
      expect(mirror.requests.all).toHaveLength(1);
    },
  );

  it('that is gated is said to be, and who was out as well', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub();
    mirror.fault({ path: '/revision/', times: 99 }, { kind: 'status', status: 502 });
    hub.fault({ path: '/revision/' }, { kind: 'status', status: 403, errorCode: 'GatedRepo' });
    const hubs = [mirror.origin, hub.origin];
    const store = await HubStore.open({ hubs, clock: new ImpatientClock() });
    await expect(store.fetch('org/name')).rejects.toMatchObject({
      type: 'source_failed',
      message: expect.stringMatching(
        new RegExp(
          `gated repository, and ${new URL(hub.origin).host} .*; ${new URL(mirror.origin).host} answered 502$`,
        ),
      ),
      detail: expect.stringContaining('HF_TOKEN'),
    });
  });

  it('that is private comes to whoever has a token', async () => {
    await using hub = await startFakeHub();
    const repository = hub.repository('org/name', 'private');
    repository.commit(checkpointFiles());
    repository.readers.add('hf_secret');
    const stranger = await HubStore.open({ hubs: [hub.origin] });
    await expect(stranger.fetch('org/name')).rejects.toMatchObject({ type: 'model_not_found' });
    const tokens = new Map([[hub.origin, 'hf_secret']]);
    const reader = await HubStore.open({ hubs: [hub.origin], tokens });
    await reader.fetch('org/name');
    expect(hub.requests.all.filter(({ server, authorization }) => server === 'cdn' && authorization)).toEqual(
      [],
    );
  });

  it.each([
    [401, undefined],
    [403, 'hf_of_a_stranger'],
  ])('that is gated is refused with what to do about it (%i)', async (_, token) => {
    await using hub = await startFakeHub();
    hub.repository('org/name', 'gated').commit(checkpointFiles());
    const tokens = new Map(token === undefined ? [] : [[hub.origin, token]]);
    const store = await HubStore.open({ hubs: [hub.origin], tokens });
    await expect(store.fetch('org/name')).rejects.toMatchObject({
      type: 'source_failed',
      message: expect.stringContaining('gated'),
      detail: expect.stringContaining(`${hub.origin}/org/name`),
    });
  });
});

describe('files that a hub lists and does not give', () => {
  it('come with the advice of the gated hub, although a mirror after it says something else', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub();
    hub.repository('org/name', 'gated').commit(checkpointFiles());
    const store = await HubStore.open({ hubs: [hub.origin, mirror.origin], clock: new ImpatientClock() });
    const failure = store.fetch('org/name');
    await expect(failure).rejects.toMatchObject({
      type: 'source_failed',
      message: expect.stringMatching(`gated repository, and ${new URL(hub.origin).host}`),
      detail: expect.stringMatching(`${hub.origin}/org/name .*HF_TOKEN`),
    });
  });

  it('come with it and with who was out', async () => {
    await using hub = await startFakeHub();
    await using mirror = await startFakeHub();
    hub.repository('org/name', 'gated').commit(checkpointFiles());
    mirror.fault({ path: '/resolve/', times: 999 }, { kind: 'status', status: 500 });
    const store = await HubStore.open({ hubs: [hub.origin, mirror.origin], clock: new ImpatientClock() });
    await expect(store.fetch('org/name')).rejects.toThrow(
      new RegExp(`does not let us in; ${new URL(mirror.origin).host} failed \\(status 500\\)$`),
    );
  });
});

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
