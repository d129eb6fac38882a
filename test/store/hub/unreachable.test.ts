import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import type { Fault } from '../../support/fake-hub/faults.ts';
import { cachedBranch } from '../../support/hub/cached-branch.ts';
import { HubStore } from '../../support/hub/hub-store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';

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
