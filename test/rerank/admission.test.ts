import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/platform/metrics.ts';
import { Admission, estimateTokens } from '../../src/rerank/admission.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp(maxTokens: number) {
  const clock = new ManualClock();
  const metrics = createMetrics({ readyEngines: () => 1 });
  return { clock, admission: new Admission({ maxTokens, clock, metrics }) };
}

describe('admission', () => {
  it('refuses what goes beyond the bound and lets it in once there is room', () => {
    const { admission } = setUp(100);
    const leave = admission.enter(80);
    expect(() => admission.enter(30)).toThrow(expect.objectContaining({ type: 'overloaded' }));
    leave();
    expect(() => admission.enter(30)).not.toThrow();
  });

  it('lets a request larger than the bound in when it is alone', () => {
    const { admission } = setUp(100);
    const leave = admission.enter(1000);
    expect(() => admission.enter(1)).toThrow();
    leave();
    expect(() => admission.enter(1)).not.toThrow();
  });

  it('tells when to come back from the throughput that it has seen', () => {
    const { admission, clock } = setUp(1000);
    const leave = admission.enter(100);
    clock.advance(1000);
    leave();
    admission.enter(1000);
    // 100 tokens a second, 300 too many.
    expect(() => admission.enter(300)).toThrow(expect.objectContaining({ retryAfterSeconds: 3 }));
  });

  it('estimates no pair beyond the length that is computed', () => {
    expect(estimateTokens('q', ['x'.repeat(1_000_000), 'y'], 512)).toBeLessThanOrEqual(512 + 5);
  });
});
