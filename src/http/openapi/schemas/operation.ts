import { z } from 'zod';
import type { Comparison } from '../../../model/agreement/compare.ts';
import type { RankAgreement } from '../../../model/agreement/rank-agreement.ts';
import type { GateCheck, GateReport } from '../../../serving/operation/gate-report.ts';
import type { OperationReport } from '../../../serving/operation/operation-report.ts';
import type { Phase } from '../../../serving/operation/phase.ts';
import type { ProbationReport } from '../../../serving/operation/probation-report.ts';
import type { ShadowReport } from '../../../serving/operation/shadow-report.ts';

/** As it is in JSON, which has no NaN and no infinity: such a figure is null there. */
type Figures<T> = T extends number
  ? T | null
  : T extends object
    ? { readonly [K in keyof T]: Figures<T[K]> }
    : T;

type InJson<T extends { readonly comparison: unknown }> = Omit<T, 'comparison'> & {
  readonly comparison: Figures<T['comparison']>;
};

const ms = z.number().min(0).describe('Milliseconds');
const figure = z.number().nullable();
const count = z.int().min(0);

const agreement = {
  queries: count,
  documents: count,
  topK: z.int().min(1),
  threshold: z.number(),
  kendallTau: figure.describe('From -1 to 1: 1 means the same order'),
  top1Overlap: figure.describe('Share of the queries with the same best document'),
  topKOverlap: figure,
  maxDrift: figure.describe('Between two logits; null where it could not be measured'),
  meanDrift: figure,
  maxRelativeDrift: figure,
  meanRelativeDrift: figure,
  maxScoreDrift: figure,
  meanScoreDrift: figure,
  thresholdCrossing: figure.describe(
    'Share of the documents that one model finds relevant and the other does not',
  ),
  nonFinite: z.object({ reference: count, candidate: count }),
};

const worstQuery = z.object({ index: count, kendallTau: figure });
const scoringTime = z.object({ sumMs: ms, medianMs: ms });

const rankAgreement: z.ZodType<Figures<RankAgreement>> = z.object({ ...agreement, worstQuery });

const comparison: z.ZodType<Figures<Comparison>> = z.object({
  ...agreement,
  worstQuery: worstQuery.extend({ query: z.string() }),
  referenceTime: scoringTime,
  candidateTime: scoringTime,
  latencyRatio: figure.describe('Below 1, the candidate is faster'),
});

const gateCheck: z.ZodType<GateCheck> = z.object({
  name: z.enum([
    'shape',
    'finite',
    'constant',
    'deterministic',
    'tokenizer',
    'latency',
    'golden',
    'agreement',
  ]),
  passed: z.boolean(),
  message: z.string(),
  ms,
});

const gateReport: z.ZodType<InJson<GateReport>> = z
  .object({
    passed: z.boolean(),
    forced: z.boolean().describe('It was let through although it did not pass'),
    checks: z.array(gateCheck).readonly(),
    compared_with: z.string().nullable().describe('The model that served meanwhile'),
    comparison: comparison.nullable(),
    limits: z
      .object({
        minKendallTau: z.number().exactOptional(),
        minTop1Overlap: z.number().exactOptional(),
        maxThresholdCrossing: z.number().exactOptional(),
        maxLatencyRatio: z.number().exactOptional(),
        maxRelativeDrift: z.number().exactOptional(),
      })
      .nullable()
      .describe('What would have rejected it'),
  })
  .describe('What was looked at before a model may serve');

export const probationReport: z.ZodType<ProbationReport> = z
  .object({
    state: z
      .enum(['running', 'passed', 'rolled_back', 'ended'])
      .describe('ended: something else came in between, such as another update'),
    requests: count,
    requests_wanted: count,
    seconds_left: z.number(),
    reason: z.string().nullable(),
  })
  .describe('How a new model does in live traffic, with the old one at hand');

const shadowReport: z.ZodType<InJson<ShadowReport>> = z
  .object({
    requests: count,
    requests_wanted: count,
    skipped: count.describe('Dropped, because the processors were busy with live ones'),
    until: z.iso.datetime().describe('When it ends, however few requests have come by then'),
    comparison: rankAgreement.nullable(),
  })
  .describe('How a candidate does on live requests, whose answers come from the old model');

const phase: z.ZodType<Phase> = z.enum([
  'resolve',
  'fetch',
  'verify',
  'compile',
  'stage',
  'load',
  'warm',
  'check',
  'shadow',
  'swap',
  'persist',
  'drain',
  'release',
  'probation',
]);

type Report = Omit<OperationReport, 'checks' | 'shadow'> & {
  readonly checks: InJson<GateReport> | null;
  readonly shadow: InJson<ShadowReport> | null;
};

/** What an operator sees of an update. */
export const operationReport: z.ZodType<Report> = z
  .object({
    id: z.string().describe('For /update/{id}'),
    kind: z.enum(['update', 'rollback', 'preload']),
    model: z.string(),
    status: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled', 'superseded']),
    phase: phase.describe('Where it is, or where it ended'),
    started_at: z.iso.datetime(),
    phases: z.array(z.object({ phase, ms })).readonly(),
    progress: z
      .object({
        done: z.number(),
        total: z.number(),
        unit: z.enum(['bytes', 'steps', 'queries', 'requests']),
      })
      .nullable()
      .describe('Of the current phase'),
    by: z.string().describe('Who asked for it'),
    dry_run: z.boolean(),
    forced: z.boolean(),
    mode: z
      .object({ chosen: z.enum(['beside', 'hold']), why: z.string() })
      .nullable()
      .describe('Whether both models were loaded for a moment, or requests waited'),
    lock_held_ms: ms.nullable().describe('How long no request could begin, in milliseconds'),
    held_requests: count.nullable().describe('Requests that waited for that'),
    memory: z
      .object({
        before_bytes: count.describe('Own memory of all processes before the change'),
        after_bytes: count,
        gpu_before_bytes: count
          .nullable()
          .describe('GPU memory that the engines held before; null on a CPU, and where no driver tells'),
        gpu_after_bytes: count.nullable(),
      })
      .nullable(),
    checks: gateReport.nullable(),
    probation: probationReport.nullable(),
    shadow: shadowReport.nullable(),
    warnings: z.array(z.string()).readonly().describe('What did not stop it and must be known'),
    error: z.string().nullable(),
  })
  .describe(
    'An update, rollback or preload: where it is and what it found. What has not turned up yet is null',
  );

/** What a change of the model answers when it is done. */
export const changeAnswer = z.object({
  status: z.literal('success'),
  current_model: z.string().nullable(),
  previous_model: z.string().nullable(),
  operation: operationReport,
});

/** What it answers at once where the client prefers that. */
export const acceptedAnswer = z.object({
  status: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled', 'superseded']),
  operation: operationReport,
});

export const operationsAnswer = z.object({
  operations: z.array(operationReport).describe('Those of late, the newest first'),
});
