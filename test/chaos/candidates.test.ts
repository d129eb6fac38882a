import { describe, expect, it } from 'vitest';
import { allCandidates } from '../../scripts/chaos/candidates/all.ts';
import { candidatesExperiment } from '../../scripts/chaos/candidates/candidates.ts';
import { expectAllMet } from './chaos-under-test.ts';

describe('bad candidates', () => {
  it('are of many kinds, each once', () => {
    const kinds = new Set(allCandidates.map(({ what }) => what));
    expect(kinds.size).toBe(allCandidates.length);
    expect(kinds.size).toBeGreaterThan(60);
  });

  it.each([
    ['are refused before they serve', /NaN|SIGFPE|head of zeros|golden order|overwritten in place/, 5],
    ['are taken back when requests show what they are', /crashes the engine above/, 1],
  ])(
    '%s, and no answer changes',
    async (_, what, count) => {
      const candidates = allCandidates.filter((candidate) => what.test(candidate.what));
      expect(candidates).toHaveLength(count);
      await expectAllMet(candidatesExperiment({ connections: 2, candidates }));
    },
    90_000,
  );
});
