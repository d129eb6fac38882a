import { expect, it, vi } from 'vitest';
import { Audition } from '../../../src/serving/shadow/audition.ts';
import { fakeGeneration } from '../../support/fake-generation.ts';

it('lends the candidate for as long as it is there', async () => {
  const audition = new Audition();
  expect(audition.lease()).toBeUndefined();
  const candidate = fakeGeneration('next');
  const end = audition.begin(candidate);
  expect(audition.identity).toBe(candidate.identity);
  const lease = audition.lease();
  expect(lease?.model).toBe(candidate);
  lease?.release();
  await end();
  expect(audition.lease()).toBeUndefined();
  expect(audition.identity).toBeUndefined();
});

it('ends when the last who uses it is done, however often that one says so', async () => {
  const audition = new Audition();
  const end = audition.begin(fakeGeneration('next'));
  const [first, second] = [audition.lease(), audition.lease()];
  const onEnd = vi.fn<() => void>();
  const ending = end().finally(onEnd);
  first?.release();
  first?.release();
  await new Promise(setImmediate);
  expect(onEnd).not.toHaveBeenCalled();
  second?.release();
  await ending;
});
