/** `unsupported`: the server under test does not have what was to be tried. `skipped`: this machine does not allow it. */
export type Verdict = 'met' | 'missed' | 'unsupported' | 'skipped';

/** One thing that was asked of the server, and what came of it: a line of the report. */
export interface Finding {
  readonly asked: string;
  readonly figure: string;
  readonly verdict: Verdict;
  /** What went wrong or was left out, in words; the first few. */
  readonly examples: readonly string[];
  /** For whoever wants to look closer: goes to the JSON file only. */
  readonly details?: readonly string[];
}

/** Enough to see a pattern. */
const MAX_EXAMPLES = 8;

/** A demand that is met when nothing speaks against it. */
export function demand(
  asked: string,
  figure: string,
  faults: readonly string[],
  details?: readonly string[],
): Finding {
  return {
    ...(details && { details }),
    asked,
    figure,
    verdict: faults.length === 0 ? 'met' : 'missed',
    examples: faults.slice(0, MAX_EXAMPLES),
  };
}

/** What this server can't do yet. */
export function unsupported(asked: string, why: string): Finding {
  return { asked, figure: why, verdict: 'unsupported', examples: [] };
}

/** What this machine can't show. */
export function skipped(asked: string, why: string): Finding {
  return { asked, figure: why, verdict: 'skipped', examples: [] };
}
