import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBudget } from '../../src/batching/batch-budget.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MINUTE = 60_000;

describe('the budget of a batch', () => {
  it('is half of what did not fit, and comes back a quarter a minute, up to the plan', () => {
    const clock = new ManualClock();
    const budget = new BatchBudget(16_384, clock);
    expect([budget.shrink(8_192), budget.tokens]).toEqual([true, 4_096]);
    clock.advance(MINUTE - 1);
    expect(budget.fitted(1)).toBe(false);
    clock.advance(1);
    expect([budget.fitted(1), budget.tokens]).toEqual([true, 5_120]);
    // One step a minute, however many batches there are.
    expect(budget.fitted(1)).toBe(false);
    for (let minute = 0; minute < 10; minute++) {
      clock.advance(MINUTE);
      budget.fitted(1);
    }
    expect(budget.tokens).toBe(16_384);
  });

  it('waits twice as long after a step that was too much', () => {
    const clock = new ManualClock();
    const budget = new BatchBudget(4_096, clock);
    budget.shrink(4_096);
    clock.advance(MINUTE);
    budget.fitted(1);
    expect(budget.tokens).toBe(2_560);
    budget.shrink(2_560);
    clock.advance(MINUTE);
    expect(budget.fitted(1)).toBe(false);
    clock.advance(MINUTE);
    expect(budget.fitted(1)).toBe(true);
  });

  it('comes back within half a minute to what has fitted', () => {
    const clock = new ManualClock();
    const budget = new BatchBudget(16_384, clock);
    budget.fitted(16_384);
    budget.shrink(9);
    expect(budget.tokens).toBe(2_048);
    const steps = [4_096, 8_192, 16_384];
    for (const tokens of steps) {
      clock.advance(10_000);
      expect([budget.fitted(9), budget.tokens]).toEqual([true, tokens]);
    }
  });

  it('takes a size that fails on the way back for one that does not fit any more', () => {
    const clock = new ManualClock();
    const budget = new BatchBudget(8_192, clock);
    budget.fitted(8_192);
    budget.shrink(8_192);
    clock.advance(10_000);
    budget.fitted(4_096);
    expect(budget.tokens).toBe(8_192);
    expect([budget.shrink(8_192), budget.tokens]).toEqual([true, 4_096]);
    clock.advance(2 * MINUTE - 1);
    expect(budget.fitted(4_096)).toBe(false);
    clock.advance(1);
    expect([budget.fitted(4_096), budget.tokens]).toEqual([true, 5_120]);
  });

  it('falls further where not even small batches fit again and again', () => {
    const budget = new BatchBudget(16_384, new ManualClock());
    budget.fitted(16_384);
    budget.shrink(1_000);
    expect(budget.tokens).toBe(2_048);
    budget.shrink(1_000);
    expect(budget.tokens).toBe(1_024);
    // One of that size fits: it was a failure of the moment.
    budget.fitted(1_000);
    budget.shrink(900);
    expect(budget.tokens).toBe(1_024);
  });

  it('knows which batches can not fail for their size', () => {
    const budget = new BatchBudget(16_384, new ManualClock());
    expect([budget.isSmall(1), budget.hasFitted(1)]).toEqual([false, false]);
    budget.fitted(8_192);
    expect([1_023, 1_024].map((tokens) => budget.isSmall(tokens))).toEqual([true, false]);
    expect([8_192, 8_193].map((tokens) => budget.hasFitted(tokens))).toEqual([true, false]);
  });

  it('is not raised by the failure of a batch that was formed before it fell', () => {
    const budget = new BatchBudget(16_384, new ManualClock());
    budget.shrink(4_096);
    expect([budget.shrink(16_384), budget.tokens]).toEqual([false, 2_048]);
  });

  it('never leaves what is between a few tokens and the plan', () => {
    const step = fc.oneof(
      fc.record({ failed: fc.integer({ min: 1, max: 100_000 }) }),
      fc.record({ waitMs: fc.integer({ min: 0, max: 100 * MINUTE }) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 128, max: 65_536 }), fc.array(step), (planned, steps) => {
        const clock = new ManualClock();
        const budget = new BatchBudget(planned, clock);
        for (const each of steps) {
          if ('failed' in each) budget.shrink(each.failed);
          else {
            clock.advance(each.waitMs);
            budget.fitted(1);
          }
          expect(budget.tokens).toBeGreaterThanOrEqual(Math.min(planned, 128));
          expect(budget.tokens).toBeLessThanOrEqual(planned);
        }
      }),
    );
  });
});
