import type { Candidate } from './candidate.ts';
import { checkpointCandidates } from './checkpoint-candidates.ts';
import { directoryCandidates } from './directory-candidates.ts';
import { goldenCandidates } from './golden-candidates.ts';
import { gatedCandidates, probationCandidates, runningCandidates } from './graph-candidates.ts';

/** Every bad candidate but those that need a memory limit. */
export const allCandidates: readonly Candidate[] = [
  ...checkpointCandidates,
  ...runningCandidates,
  ...gatedCandidates,
  ...goldenCandidates,
  ...probationCandidates,
  ...directoryCandidates,
];
