import { messageOf } from '../../errors.ts';
import { type Comparison, compareScorers } from '../../model/agreement/compare.ts';
import { type AgreementLimits, breaches } from '../../model/agreement/limits.ts';
import { engineTimeScorer } from '../../model/agreement/scorers.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Candidate, Current } from './candidate.ts';
import { type Finding, failed, passed } from './finding.ts';
import type { Probes } from './probes.ts';
import { RecordedAnswers } from './recorded-answers.ts';

export interface AgreementOptions {
  readonly limits: Partial<AgreementLimits>;
  /** Score from 0 to 1 from which a document counts as relevant. */
  readonly threshold?: number | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly advance: () => void;
}

export interface Agreement extends Finding {
  readonly comparison: Comparison | null;
}

/**
 * Compares a candidate with the model that serves, and holds the result against the limits. Where the model that serves does not
 * answer there is nothing to say about the candidate: it fails if there are limits, and passes otherwise.
 * @throws what the candidate's scoring throws; the signal's reason.
 */
export async function checkAgreement(
  candidate: Candidate,
  current: Current,
  probes: Probes,
  { limits, threshold, clock, signal, advance }: AgreementOptions,
): Promise<Agreement> {
  try {
    const answers = await ask(current, probes, { clock, signal, hasLimits: Object.keys(limits).length > 0 });
    // Asked as the other one was: times of queries one by one would be compared with times of many at once.
    const its = await RecordedAnswers.of(candidate, probes, {
      ...CANDIDATE_PATIENCE,
      clock,
      signal,
      advance,
    });
    const found = await compareScorers(engineTimeScorer(answers), engineTimeScorer(its), probes.set, {
      signal,
      ...(threshold !== undefined && { threshold }),
    });
    const comparison = probes.redact(found);
    const beyond = breaches(comparison, limits);
    const { reference: name } = current.identity;
    return beyond.length === 0
      ? { ...passed(summary(comparison, name)), comparison }
      : { ...failed(`it does not agree with ${name}: ${beyond.join('; ')}`), comparison };
  } catch (error) {
    if (signal.aborted || !(error instanceof ReferenceFailed)) throw error;
    return notCompared(error.message, limits);
  }
}

/** What there is to say when nothing could be compared. */
export function notCompared(why: string, limits: Partial<AgreementLimits>): Agreement {
  const message = `it could not be compared with the model that serves: ${why}`;
  return { passed: Object.keys(limits).length === 0, message, comparison: null };
}

/** For all answers of the model that serves, where limits wait for them. */
export const REQUIRED_ANSWERS_MS = 300_000;

/** What only informs must not hold an update up for longer. */
const INFORMING_ANSWERS_MS = 60_000;

/** A candidate has no live requests to serve beside it. */
const CANDIDATE_PATIENCE = { timeoutMs: REQUIRED_ANSWERS_MS };

class ReferenceFailed extends Error {}

/** What goes wrong on the side of the running model must not look like the candidate's fault. */
async function ask(
  current: Current,
  probes: Probes,
  { clock, signal, hasLimits }: { clock: Clock; signal: AbortSignal; hasLimits: boolean },
): Promise<Current> {
  if (current instanceof RecordedAnswers) return current;
  const timeoutMs = hasLimits ? REQUIRED_ANSWERS_MS : INFORMING_ANSWERS_MS;
  try {
    return await RecordedAnswers.of(current, probes, { clock, timeoutMs, signal, advance: () => {} });
  } catch (error) {
    throw new ReferenceFailed(messageOf(error), { cause: error });
  }
}

function summary({ kendallTau, top1Overlap, queries }: Comparison, name: string): string {
  return `Kendall tau ${kendallTau.toFixed(3)}, the same best document for ${(top1Overlap * 100).toFixed(1)}% of ${queries} queries, compared with ${name}`;
}
