import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ServiceError } from '../../src/errors.ts';
import type { Generation } from '../../src/model/generation.ts';
import { Admission } from '../../src/rerank/admission.ts';
import { SideBySide } from '../../src/rerank/side-by-side.ts';
import { TokenEstimate } from '../../src/rerank/token-estimate.ts';
import { Standby } from '../../src/serving/probation/standby.ts';
import { ShadowCandidate } from '../../src/serving/shadow/shadow-candidate.ts';
import { ModelSlot } from '../../src/serving/slot/model-slot.ts';
import { type FakeGeneration, fakeGeneration } from '../support/fake-generation.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { someMetrics, valueOf } from '../support/some-metrics.ts';

const DOCUMENTS = ['a', 'bbb', 'cc'];
const nobodyLeaves = new AbortController().signal;

let clock: ManualClock;
let slot: ModelSlot<Generation>;
let standby: Standby;
let shadowCandidate: ShadowCandidate;
let current: Generation & FakeGeneration;
let old: Generation & FakeGeneration;
let sideBySide: SideBySide;
const metrics = someMetrics();

beforeEach(async () => {
  clock = new ManualClock();
  slot = new ModelSlot<Generation>(clock);
  standby = new Standby(async () => {});
  shadowCandidate = new ShadowCandidate();
  current = fakeGeneration('new', { logit: (document) => document.length });
  old = fakeGeneration('old', { logit: (document) => -document.length });
  await slot.swap(current);
  sideBySide = new SideBySide({
    slot,
    standby,
    shadowCandidate,
    admission: new Admission({ maxTokens: 1000, tokensPerMs: () => 1, heldMs: () => 0, metrics }),
    estimate: new TokenEstimate(),
    requestTimeoutMs: 60_000,
    clock,
  });
});

const compare = () => sideBySide.compare('q', DOCUMENTS, nobodyLeaves);

/** That nobody holds a model any more. */
async function expectFree(): Promise<void> {
  await standby.dismiss();
  await slot.swap(fakeGeneration('last'));
  await slot.drained(current);
  expect(await valueOf(metrics, 'rerankd_admitted_requests')).toBe(0);
}

describe('two models side by side', () => {
  it('each score every document, and are held against each other', async () => {
    standby.keep(old, undefined);
    const result = await compare();
    expect(result).toMatchObject({
      current: { role: 'current', model: current.identity, logits: [1, 3, 2], order: [1, 2, 0] },
      other: { role: 'standby', model: old.identity, logits: [-1, -3, -2], order: [0, 2, 1] },
      kendallTau: -1,
      sameBest: false,
    });
    expect(result.current.scores[0]).toBeCloseTo(1 / (1 + Math.exp(-1)));
    await expectFree();
  });

  it('prefer the candidate that may serve next to the model that served before', async () => {
    standby.keep(old, undefined);
    const end = shadowCandidate.begin(fakeGeneration('candidate'));
    expect((await compare()).other).toMatchObject({
      role: 'candidate',
      model: { reference: 'local://candidate' },
    });
    await end();
  });

  it('need a second one', async () => {
    await expect(compare()).rejects.toMatchObject({ type: 'not_found', message: /no second model/ });
    expect(current.asked).toEqual([]);
    await expectFree();
  });

  it('are given back when one of them fails, and the other one is left to end', async () => {
    const broken = new ServiceError('internal', 'broken');
    const ending = Promise.withResolvers<never>();
    standby.keep(Object.assign(old, { score: () => ending.promise }), undefined);
    Object.assign(current, { score: () => Promise.reject(broken) });
    await expect(compare()).rejects.toBe(broken);
    const onDismissed = vi.fn<() => void>();
    const dismissed = standby.dismiss().finally(onDismissed);
    await new Promise(setImmediate);
    expect(onDismissed).not.toHaveBeenCalled();
    ending.reject(broken);
    await dismissed;
    await expectFree();
  });

  it('are given up after ten seconds', async () => {
    const waits = (_query: string, _documents: readonly string[], _limits: unknown, signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    standby.keep(Object.assign(old, { score: waits }), undefined);
    const waiting = compare();
    waiting.catch(() => {});
    await new Promise(setImmediate);
    clock.advance(10_000);
    await expect(waiting).rejects.toMatchObject({ type: 'timeout' });
    await expectFree();
  });
});
