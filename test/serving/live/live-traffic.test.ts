import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import type { Generation } from '../../../src/model/generation.ts';
import { ClientGone } from '../../../src/platform/deadline.ts';
import { type LiveRequest, LiveTraffic } from '../../../src/serving/live/live-traffic.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';

const [one, other] = [fakeGeneration('one'), fakeGeneration('other')];
const internal = new ServiceError('internal', 'no usable score');

let live: LiveTraffic;
let outcomes: Generation[];
let stopListening: () => void;
beforeEach(() => {
  live = new LiveTraffic();
  outcomes = [];
  stopListening = live.onOutcome((generation) => outcomes.push(generation));
});

const requestTo = (generation: Generation, ...logits: number[]): LiveRequest => ({
  query: 'q',
  documents: logits.map(String),
  generation,
  logits: Float32Array.from(logits),
});
const figures = { computedTokens: 4, computeMs: 8 };

describe('live traffic', () => {
  it('is told apart by the model that answered', () => {
    live.answered(requestTo(one, 1, 2), figures);
    live.answered(requestTo(one, 1, 2), figures);
    live.failed(other, internal);
    expect(live.vitalsOf(one)).toMatchObject({ answered: 2, failed: 0 });
    expect(live.vitalsOf(other)).toMatchObject({ answered: 0, failed: 1 });
    expect(live.vitalsOf(one).msPerToken.quantile(1)).toBe(2);
    expect(outcomes).toEqual([one, one, other]);
  });

  it('is shown to observers, as long as they want', () => {
    const seen: LiveRequest[] = [];
    const stop = live.observe((request) => seen.push(request));
    const request = requestTo(one, 1, 2);
    live.answered(request, figures);
    stop();
    stopListening();
    live.answered(request, figures);
    expect(seen).toEqual([request]);
    expect(outcomes).toEqual([one]);
  });

  it('that other models could not be asked in the same way counts, and is shown to nobody', () => {
    const seen: LiveRequest[] = [];
    live.observe((request) => seen.push(request));
    live.answeredUnseen(one, { ...figures, logits: Float32Array.of(1, 2) });
    expect(live.vitalsOf(one)).toMatchObject({ answered: 1 });
    expect([seen, outcomes]).toEqual([[], [one]]);
    live.answeredUnseen(one, { ...figures, logits: Float32Array.of(Number.NaN) });
    expect(live.vitalsOf(one)).toMatchObject({ answered: 1, notFinite: 1 });
    expect(outcomes).toEqual([one]);
  });

  it('with scores that are no numbers is shown to nobody, and has its outcome when it has failed', () => {
    const seen: LiveRequest[] = [];
    live.observe((request) => seen.push(request));
    live.answered(requestTo(one, 1, Number.NaN), figures);
    expect([seen, outcomes]).toEqual([[], []]);
    live.failed(one, internal);
    expect(outcomes).toEqual([one]);
    expect(live.vitalsOf(one)).toMatchObject({ answered: 0, failed: 1, notFinite: 1 });
  });

  it.each([
    ['a client that left', new ClientGone('gone')],
    ['a client in a hurry', new ServiceError('timeout', 'late')],
    ['a request that is too long', new ServiceError('input_too_long', 'long')],
    ['a server that is busy', new ServiceError('overloaded', 'busy')],
    ['something else', new Error('?')],
  ])('does not hold %s against the model', (_what, error) => {
    live.failed(one, error);
    expect(live.vitalsOf(one).failed).toBe(0);
    expect(outcomes).toEqual([]);
  });
});
