import { expect, it, vi } from 'vitest';
import { ShadowCandidate } from '../../../src/serving/shadow/shadow-candidate.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';

it('lends the candidate for as long as it is there', async () => {
  const shadowCandidate = new ShadowCandidate();
  expect(shadowCandidate.lease()).toBeUndefined();
  const candidate = fakeGeneration('next');
  const end = shadowCandidate.begin(candidate);
  expect(shadowCandidate.identity).toBe(candidate.identity);
  const lease = shadowCandidate.lease();
  expect(lease?.model).toBe(candidate);
  lease?.release();
  await end();
  expect(shadowCandidate.lease()).toBeUndefined();
  expect(shadowCandidate.identity).toBeUndefined();
});

it('ends when the last who uses it is done, however often that one says so', async () => {
  const shadowCandidate = new ShadowCandidate();
  const end = shadowCandidate.begin(fakeGeneration('next'));
  const [first, second] = [shadowCandidate.lease(), shadowCandidate.lease()];
  const onEnd = vi.fn<() => void>();
  const ending = end().finally(onEnd);
  first?.release();
  first?.release();
  await new Promise(setImmediate);
  expect(onEnd).not.toHaveBeenCalled();
  second?.release();
  await ending;
});
