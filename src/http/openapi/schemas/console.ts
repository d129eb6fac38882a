import { z } from 'zod';
import type { Stats } from '../../console/stats.ts';
import { servingModel } from './catalogue.ts';
import { operationReport, probationReport } from './operation.ts';

const count = z.number().min(0);
const ms = z.number().min(0).describe('Milliseconds');
const scores = z
  .array(z.number().nullable())
  .describe('In the order of the request; null for what is no number');

const sideAnswer = servingModel
  .extend({
    role: z
      .enum(['current', 'standby', 'candidate'])
      .describe('standby served before, candidate may serve next'),
    scores,
    logits: scores,
    order: z.array(z.int().min(0)).describe('Indices of the documents, from the best to the worst'),
    tokens: z.int().min(0),
    truncated: z.int().min(0),
    tokenization_ms: ms,
    queue_ms: ms,
    inference_ms: ms,
  })
  .omit({ device: true });

export const compareAnswer = z.object({
  models: z.array(sideAnswer).describe('The model that serves, and the other one'),
  agreement: z.object({
    kendall_tau: z.number().nullable().describe('From -1 to 1: 1 means the same order'),
    same_best: z.boolean(),
  }),
});

type Json = Omit<Stats, 'operation'> & { readonly operation: z.infer<typeof operationReport> | null };

export const statsAnswer: z.ZodType<Json> = z.object({
  time: z.number().describe('Milliseconds since 1970'),
  version: z.string(),
  model: servingModel.nullable(),
  second_model: servingModel.extend({ role: z.enum(['candidate', 'standby']) }).nullable(),
  engines: z.object({ ready: count, restarts: count }),
  requests: z
    .object({ answered: count, refused: count, rejected: count, failed: count, left: count })
    .describe('refused: 429. left: the client did not wait'),
  latency: z
    .object({ sum: count, count, bounds: z.array(z.number()), cumulative: z.array(count) })
    .describe('Seconds of requests that score: how many took up to each bound'),
  queue: z.object({ requests: count, pairs: count, tokens: count }),
  batches: z.object({ count, pairs: count, tokens: count, seconds: count }),
  cache: z.object({ hits: count, lookups: count }),
  memory: z.object({
    server_bytes: count,
    model_bytes: count,
    second_bytes: count,
    free_bytes: count,
    gpu: z
      .object({ name: z.string(), used_bytes: count, free_bytes: count, total_bytes: count })
      .nullable()
      .describe('Memory of the card, whoever holds it; null on a CPU, and where no driver tells'),
  }),
  operation: operationReport.nullable(),
  probation: probationReport.nullable(),
});
