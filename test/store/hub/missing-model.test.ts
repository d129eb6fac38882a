import { describe, expect, it } from 'vitest';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { HubStore } from '../../support/hub/hub-store.ts';
import { ImpatientClock } from '../../support/hub/impatient-clock.ts';
import { checkpointFiles } from '../../support/hub/repositories.ts';

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
