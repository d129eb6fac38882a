import { z } from 'zod';
import type { Comparison } from '../../model/agreement/compare.ts';

/** JSON has no NaN and no infinity: what could not be measured comes as null. */
const figure = z
  .number()
  .nullish()
  .transform((value) => value ?? Number.NaN);

const time = z.object({ sumMs: figure, medianMs: figure });

/** A comparison as a server sends it. */
export const comparisonSchema: z.ZodType<Comparison> = z.object({
  queries: z.number(),
  documents: z.number(),
  kendallTau: figure,
  worstQuery: z.object({ index: z.number(), kendallTau: figure, query: z.string() }),
  top1Overlap: figure,
  topK: z.number(),
  topKOverlap: figure,
  maxDrift: figure,
  meanDrift: figure,
  maxRelativeDrift: figure,
  meanRelativeDrift: figure,
  maxScoreDrift: figure,
  meanScoreDrift: figure,
  threshold: figure,
  thresholdCrossing: figure,
  nonFinite: z.object({ reference: z.number(), candidate: z.number() }),
  referenceTime: time,
  candidateTime: time,
  latencyRatio: figure,
});
