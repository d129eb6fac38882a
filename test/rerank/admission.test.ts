import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/platform/metrics.ts';
import { Admission } from '../../src/rerank/admission.ts';
import { valueOf } from '../support/some-metrics.ts';

const DAY_MS = 86_400_000;

interface Setup {
  readonly maxTokens?: number;
  readonly tokensPerMs?: number;
  readonly heldMs?: number;
}

function setUp({ maxTokens = 1e9, tokensPerMs, heldMs = 0 }: Setup) {
  const metrics = createMetrics({ readyEngines: () => 1 });
  const admission = new Admission({
    maxTokens,
    heldMs: () => heldMs,
    tokensPerMs: () => tokensPerMs,
    metrics,
  });
  const enter = (tokens: number, timeoutMs = DAY_MS) => admission.enter({ tokens, timeoutMs });
  return {
    enter,
    inside: () => valueOf(metrics, 'rerankd_admitted_tokens'),
    refusals: async () => (await metrics.refused.get()).values.filter(({ value }) => value > 0),
  };
}

function overloaded(message: RegExp, retryAfterSeconds?: number) {
  const expected = { type: 'overloaded', message: expect.stringMatching(message) };
  return expect.objectContaining(
    retryAfterSeconds === undefined ? expected : { ...expected, retryAfterSeconds },
  );
}

describe('admission by room', () => {
  it('refuses what goes beyond the bound and lets it in once there is room', async () => {
    const { enter, refusals } = setUp({ maxTokens: 100 });
    const first = enter(80);
    expect(() => enter(30)).toThrow(overloaded(/too many tokens/));
    expect(await refusals()).toMatchObject([{ labels: { reason: 'queue_full' }, value: 1 }]);
    first.leave();
    expect(() => enter(30)).not.toThrow();
  });

  it('lets a request larger than the bound in when it is alone', () => {
    const { enter } = setUp({ maxTokens: 100 });
    const large = enter(1000);
    expect(() => enter(1)).toThrow();
    large.leave();
    expect(() => enter(1)).not.toThrow();
  });

  it('lets in what fills it to the bound, and asks for no less than a second of patience', () => {
    const { enter } = setUp({ maxTokens: 100 });
    enter(80);
    expect(() => enter(20)).not.toThrow();
    expect(() => enter(1)).toThrow(overloaded(/too many tokens/, 1));
  });

  it('takes no room for what needs no computing', () => {
    const { enter } = setUp({ maxTokens: 100 });
    enter(200);
    expect(() => enter(0)).not.toThrow();
  });

  it('has the room again when a request has left, and not before', async () => {
    const { enter, inside } = setUp({ maxTokens: 100 });
    const [first] = [enter(60), enter(40)];
    expect(await inside()).toBe(100);
    first.leave();
    expect(await inside()).toBe(40);
    expect(() => enter(60)).not.toThrow();
    expect(() => enter(1)).toThrow(overloaded(/too many tokens/));
  });

  it('tells when to come back from the throughput of the engines', () => {
    const { enter } = setUp({ maxTokens: 1000, tokensPerMs: 0.1 });
    enter(1000);
    expect(() => enter(300)).toThrow(overloaded(/too many tokens/, 3));
  });
});

describe('admission by time', () => {
  it('refuses what would be too late, and says when it would not', async () => {
    const { enter, refusals } = setUp({ tokensPerMs: 1 });
    enter(5000);
    // 5,000 + 1,000 tokens take six seconds.
    expect(() => enter(1000, 3000)).toThrow(overloaded(/would take about 6\.0 s.*waits for 3\.0 s/, 3));
    expect(() => enter(1000, 6000)).not.toThrow();
    expect(await refusals()).toMatchObject([{ labels: { reason: 'deadline' }, value: 1 }]);
  });

  it('says to come back no later than when it would be alone: then it gets in, however late it is', () => {
    const { enter } = setUp({ tokensPerMs: 1 });
    const first = enter(5000);
    expect(() => enter(1_000_000, 3000)).toThrow(overloaded(/would take/, 5));
    first.leave();
    expect(() => enter(1_000_000, 3000)).not.toThrow();
  });

  it('counts of a large request only what gets its turn before a small one is done', () => {
    const { enter } = setUp({ tokensPerMs: 1 });
    enter(1_000_000);
    // Its own 500 tokens, and of the large one what is left of a turn and the next.
    expect(() => enter(500, 5000)).toThrow(overloaded(/busy/));
    expect(() => enter(500, 5200)).not.toThrow();
  });

  it('counts what is computed already as done', () => {
    const { enter } = setUp({ tokensPerMs: 1 });
    const { flow } = enter(5000);
    expect(() => enter(1000, 2000)).toThrow();
    flow.finish(4500);
    expect(() => enter(1000, 2000)).not.toThrow();
  });

  it('tries a request that is alone, whatever its limit, and any as long as nothing was measured', () => {
    const measured = setUp({ tokensPerMs: 1 });
    expect(() => measured.enter(1_000_000, 1)).not.toThrow();
    const unmeasured = setUp({});
    unmeasured.enter(1_000_000);
    expect(() => unmeasured.enter(1_000_000, 1)).not.toThrow();
  });
});

describe('admission while the model is being changed', () => {
  it('refuses what would give up before it begins, though it is alone', async () => {
    const { enter, refusals } = setUp({ heldMs: 4000 });
    expect(() => enter(1, 3999)).toThrow(overloaded(/takes about 4\.0 s more.*waits for 4\.0 s/, 4));
    expect(() => enter(1, 4000)).not.toThrow();
    expect(await refusals()).toMatchObject([{ labels: { reason: 'held' }, value: 1 }]);
  });

  it('counts that wait on top of the time for the tokens', () => {
    const { enter } = setUp({ tokensPerMs: 1, heldMs: 4000 });
    enter(1000);
    expect(() => enter(1000, 5999)).toThrow(overloaded(/would take about 6\.0 s/));
    expect(() => enter(1000, 6000)).not.toThrow();
  });
});
