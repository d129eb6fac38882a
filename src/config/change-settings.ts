import type { z } from 'zod';
import { aboveZero, oneOf, positive, setting, share, text, whole } from './rules.ts';

/** Timers of Node fire at once beyond 2^31 ms, which is not quite 25 days. */
const MOST_PROBATION_SECONDS = 24 * 86_400;

/** How a model takes over from another. */
export const changeSettings = {
  RERANK_HISTORY: setting(positive.max(100).default(5), 'good models to remember and to keep a copy of'),
  RERANK_SWAP_MODE: setting(
    oneOf('auto', 'beside', 'hold').default('auto'),
    '`beside`: both models are loaded for a moment. `hold`: requests wait while the one ends and the other loads. `auto`: `beside` if both fit into the memory that is free',
  ),
  RERANK_GOLDEN: setting(text.optional(), 'a file of questions that every new model must answer as it says'),
  RERANK_PROBE_SET: setting(
    text.optional(),
    'a file of more queries to compare a new model with the running one on',
  ),
  RERANK_PROBE_LIVE: setting(
    whole(0, 10_000).default(0),
    'so many of the last live requests are used for that as well; they are kept in memory only',
  ),
  RERANK_MIN_KENDALL_TAU: setting(
    share(-1).optional(),
    'a new model that ranks less like the running one is refused',
  ),
  RERANK_MIN_TOP1_OVERLAP: setting(
    share(0).optional(),
    'a new model that agrees less often on the best document is refused',
  ),
  RERANK_MAX_THRESHOLD_CROSSING: setting(
    share(0).optional(),
    'a new model that moves more documents over the score of 0.5 is refused',
  ),
  RERANK_MAX_LATENCY_RATIO: setting(
    aboveZero.optional(),
    'a new model that takes more times the processor time is refused',
  ),
  RERANK_PROBATION_REQUESTS: setting(
    whole(0, 10_000_000).default(1_000),
    'how many requests a new model serves on probation, with the old one at hand; `0` for none',
  ),
  RERANK_PROBATION_SECONDS: setting(
    whole(0, MOST_PROBATION_SECONDS).default(300),
    'the longest that a probation takes; `0` for none',
  ),
} as const;

type Values = z.output<z.ZodObject<typeof changeSettings>>;

/** What candidates are held against; of the limits, only those that were set. */
export function gatesOf(values: Values) {
  return {
    goldenFile: values.RERANK_GOLDEN,
    probeFile: values.RERANK_PROBE_SET,
    liveProbes: values.RERANK_PROBE_LIVE,
    limits: withoutUndefined({
      minKendallTau: values.RERANK_MIN_KENDALL_TAU,
      minTop1Overlap: values.RERANK_MIN_TOP1_OVERLAP,
      maxThresholdCrossing: values.RERANK_MAX_THRESHOLD_CROSSING,
      maxLatencyRatio: values.RERANK_MAX_LATENCY_RATIO,
    }),
  };
}

function withoutUndefined<T extends Record<string, number | undefined>>(values: T) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: number };
}
