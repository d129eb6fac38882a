import { beforeEach, describe, expect, it } from 'vitest';
import { VitalSigns } from '../../../src/serving/live/vital-signs.ts';
import { breach } from '../../../src/serving/probation/breach.ts';

/** As many as make a figure. */
const ENOUGH = 100;

let now: VitalSigns;
let before: VitalSigns;
beforeEach(() => {
  now = new VitalSigns();
  before = new VitalSigns();
});

/** @param spread of the logits */
function answer(signs: VitalSigns, times: number, { ms = 1, spread = 4 } = {}): void {
  const logits = Float32Array.of(0, spread, spread / 2, spread / 4);
  for (let time = 0; time < times; time++) signs.answer({ logits, computedTokens: 1, computeMs: ms });
}

function fail(times: number): void {
  for (let time = 0; time < times; time++) now.fail();
}

function giveNoNumbers(times: number): void {
  const logits = Float32Array.of(Number.NaN);
  for (let time = 0; time < times; time++) {
    now.answer({ logits, computedTokens: 1, computeMs: 1 });
    now.fail();
  }
}

const verdict = (restarts = 0, expectedSlowdown = 1): string | undefined =>
  breach({ signs: now, restarts }, before, expectedSlowdown);

describe('a model on probation', () => {
  it('has done nothing wrong when nothing has happened, or all is well', () => {
    expect(verdict()).toBeUndefined();
    answer(now, 2 * ENOUGH);
    expect(verdict()).toBeUndefined();
    answer(before, 2 * ENOUGH);
    expect(verdict()).toBeUndefined();
  });

  it('must not give scores that are no numbers, more than once', () => {
    giveNoNumbers(1);
    expect(verdict()).toBeUndefined();
    answer(now, 3);
    giveNoNumbers(1);
    expect(verdict()).toBe('2 of 5 requests got scores that are no numbers');
  });

  it('must not fail on more than two requests, when these are over one percent', () => {
    fail(2);
    expect(verdict(), 'two').toBeUndefined();
    fail(1);
    expect(verdict(), 'three').toBe('3 of 3 requests failed');
    answer(now, 296);
    expect(verdict(), 'three of 299').toBe('3 of 299 requests failed');
    answer(now, 1);
    expect(verdict(), 'one percent').toBeUndefined();
  });

  it('must not lose engines again and again; one or two may be the fault of the system', () => {
    expect(verdict(1)).toBeUndefined();
    expect(verdict(2)).toBeUndefined();
    expect(verdict(3)).toBe('3 of its processes ended unasked');
  });

  it('must not take several times as long for a token', () => {
    answer(before, ENOUGH);
    answer(now, ENOUGH, { ms: 3 });
    expect(verdict()).toBeUndefined();
    answer(now, 2, { ms: 3.1 });
    expect(verdict()).toBe('p99 of the time for a token is 3.1 times what it was before, above 3.0');
  });

  it('may take as long as the checks saw, and three times that', () => {
    answer(before, ENOUGH);
    answer(now, ENOUGH, { ms: 8 });
    expect(verdict(0, 1)).toMatch(/8\.0 times .* above 3\.0/);
    expect(verdict(0, 2)).toMatch(/8\.0 times .* above 6\.0/);
    expect(verdict(0, 2.7)).toBeUndefined();
    // A model that was found to be fast is not held to that.
    answer(now, 1024, { ms: 2 });
    expect(verdict(0, 0.1)).toBeUndefined();
  });

  it('is not judged by its slowest request alone', () => {
    answer(before, 2 * ENOUGH);
    answer(now, 2 * ENOUGH);
    answer(now, 2, { ms: 1000 });
    expect(verdict()).toBeUndefined();
  });

  it('must tell documents apart as the one before it does, give or take', () => {
    answer(before, ENOUGH, { spread: 4 });
    answer(now, ENOUGH, { spread: 0.25 });
    expect(verdict()).toBeUndefined();
    answer(now, 9 * ENOUGH, { spread: 0.125 });
    expect(verdict()).toBe(
      'documents of a request hardly differ any more: their logits spread over 0.13, before over 4.0',
    );
  });

  it('may have requests whose documents are all alike', () => {
    answer(before, ENOUGH, { spread: 4 });
    answer(now, 8 * ENOUGH, { spread: 0 });
    answer(now, ENOUGH, { spread: 4 });
    expect(verdict()).toBeUndefined();
  });

  it('is not judged by figures of a few requests, neither its own nor those of before', () => {
    const bad = { ms: 100, spread: 1e-4 };
    answer(before, ENOUGH);
    answer(now, ENOUGH - 1, bad);
    expect(verdict()).toBeUndefined();
    answer(now, 1, bad);
    expect(verdict()).toBeDefined();
    before = new VitalSigns();
    answer(before, ENOUGH - 1);
    expect(verdict()).toBeUndefined();
  });
});
