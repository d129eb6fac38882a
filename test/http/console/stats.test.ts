import { beforeEach, describe, expect, it } from 'vitest';
import { StatsSource } from '../../../src/http/console/stats.ts';
import type { Generation } from '../../../src/model/generation.ts';
import type { Metrics } from '../../../src/platform/metrics.ts';
import { Standby } from '../../../src/serving/probation/standby.ts';
import { ShadowCandidate } from '../../../src/serving/shadow/shadow-candidate.ts';
import { ModelSlot } from '../../../src/serving/slot/model-slot.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { someMetrics } from '../../support/some-metrics.ts';

let clock: ManualClock;
let metrics: Metrics;
let slot: ModelSlot<Generation>;
let standby: Standby;
let shadowCandidate: ShadowCandidate;
let source: StatsSource;

beforeEach(() => {
  clock = new ManualClock();
  metrics = someMetrics();
  slot = new ModelSlot<Generation>(clock);
  standby = new Standby(async () => {});
  shadowCandidate = new ShadowCandidate();
  source = new StatsSource({
    slot,
    updater: { running: undefined, recent: [] },
    standby,
    shadowCandidate,
    probation: { report: undefined },
    metrics,
    clock,
    version: '1.2.3',
  });
});

function answered(route: string, status: number, seconds: number): void {
  metrics.httpRequests.inc({ route, method: 'POST', status });
  metrics.httpDuration.observe({ route }, seconds);
}

describe('the figures of the console', () => {
  it('tell what became of the requests for scores, and of no others', async () => {
    for (const route of ['/rerank', '/v1/rerank', '/v2/rerank', '/score', '/v1/reranking']) {
      answered(route, 200, 0.02);
    }
    for (const status of [400, 413, 429, 499, 500, 503]) answered('/rerank', status, 0.2);
    answered('/update', 200, 20);
    answered('/ui/stats', 200, 20);
    const { requests, latency } = await source.read();
    expect(requests).toEqual({ answered: 5, rejected: 2, refused: 1, left: 1, failed: 2 });
    expect(latency.count).toBe(11);
    expect(latency.sum).toBeCloseTo(5 * 0.02 + 6 * 0.2);
    expect(latency.bounds).toEqual(latency.bounds.toSorted((a, b) => a - b));
    expect(latency.cumulative[latency.bounds.indexOf(0.025)]).toBe(5);
    expect(latency.cumulative[latency.bounds.indexOf(0.25)]).toBe(11);
  });

  it('tell of batches, the queue and the cache', async () => {
    for (const pairs of [2, 6]) {
      metrics.batchPairs.observe(pairs);
      metrics.batchTokens.observe(pairs * 100);
      metrics.batchDuration.observe(0.5);
    }
    metrics.admittedRequests.set(3);
    metrics.queuedPairs.set(40);
    metrics.queuedTokens.set(4000);
    metrics.scoreCacheLookups.inc({ result: 'hit' }, 3);
    metrics.scoreCacheLookups.inc({ result: 'miss' }, 1);
    metrics.engineRestarts.inc();
    expect(await source.read()).toMatchObject({
      batches: { count: 2, pairs: 8, tokens: 800, seconds: 1 },
      queue: { requests: 3, pairs: 40, tokens: 4000 },
      cache: { hits: 3, lookups: 4 },
      engines: { ready: 0, restarts: 1 },
      version: '1.2.3',
    });
  });

  it('name the second model, and what it is there for', async () => {
    expect(await source.read()).toMatchObject({ model: null, second_model: null });
    await slot.swap(fakeGeneration('new'));
    standby.keep(fakeGeneration('old'), undefined);
    clock.advance(1000);
    expect(await source.read()).toMatchObject({
      time: 1000,
      model: { model: 'local://new' },
      second_model: { model: 'local://old', role: 'standby' },
    });
    const end = shadowCandidate.begin(fakeGeneration('candidate'));
    clock.advance(1000);
    expect((await source.read()).second_model).toMatchObject({
      model: 'local://candidate',
      role: 'candidate',
    });
    await end();
    clock.advance(1000);
    expect((await source.read()).second_model).toMatchObject({ role: 'standby' });
  });

  it('are gathered once for all who ask at about the same time', async () => {
    const [first, second] = await Promise.all([source.read(), source.read()]);
    expect(second).toBe(first);
    clock.advance(199);
    expect(await source.read()).toBe(first);
    clock.advance(1);
    expect(await source.read()).not.toBe(first);
  });
});
