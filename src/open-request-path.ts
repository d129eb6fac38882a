import type { Config } from './config.ts';
import type { Generation } from './model/generation.ts';
import type { Clock } from './platform/clock.ts';
import type { Logger } from './platform/logger.ts';
import type { Metrics } from './platform/metrics.ts';
import { Admission } from './rerank/admission.ts';
import { ModelNames } from './rerank/model-names.ts';
import { Reranker } from './rerank/reranker.ts';
import { ScoreCache } from './rerank/score-cache.ts';
import { SideBySide } from './rerank/side-by-side.ts';
import { textLog } from './rerank/text-log.ts';
import { TokenEstimate } from './rerank/token-estimate.ts';
import type { LiveTraffic } from './serving/live/live-traffic.ts';
import type { Standby } from './serving/probation/standby.ts';
import type { ShadowCandidate } from './serving/shadow/shadow-candidate.ts';
import type { ModelSlot } from './serving/slot/model-slot.ts';

export interface RequestPathParts {
  readonly slot: ModelSlot<Generation>;
  readonly live: LiveTraffic;
  readonly standby: Standby;
  readonly shadowCandidate: ShadowCandidate;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What answers requests. */
export interface RequestPath {
  readonly reranker: Reranker;
  readonly sideBySide: SideBySide;
  readonly names: ModelNames;
}

/** Puts the way of a request together: from its admission to its scores. */
export function openRequestPath(config: Config, parts: RequestPathParts): RequestPath {
  const { slot, logger, metrics } = parts;
  const { requestTimeoutMs } = config;
  const admission = new Admission({
    maxTokens: config.maxQueueTokens,
    tokensPerMs: () => slot.current?.tokensPerMs,
    heldMs: () => slot.expectedWaitMs,
    metrics,
  });
  const estimate = new TokenEstimate();
  const names = new ModelNames({ aliases: config.modelAliases, strict: config.strictModel });
  const reranker = new Reranker({
    ...parts,
    admission,
    estimate,
    cache: new ScoreCache({ maxBytes: config.scoreCacheBytes, metrics }),
    names,
    maxPairs: config.maxDocuments,
    requestTimeoutMs,
    logTexts: config.logTexts ? textLog(logger) : undefined,
  });
  const sideBySide = new SideBySide({ ...parts, admission, estimate, requestTimeoutMs });
  return { reranker, sideBySide, names };
}
