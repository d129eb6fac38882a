import { z } from 'zod';
import { CommandError } from '../command-error.ts';
import { comparisonSchema } from './comparison.ts';
import { listOf, optional } from './lenient.ts';

const checksSchema = z.object({
  passed: z.boolean(),
  forced: z.boolean().catch(false),
  checks: listOf(
    z.object({
      name: z.string(),
      passed: z.boolean(),
      message: z.string().catch(''),
      ms: optional(z.number()),
    }),
  ),
  compared_with: optional(z.string()),
  comparison: optional(comparisonSchema),
});

export const probationSchema = z.object({
  state: z.enum(['running', 'passed', 'rolled_back', 'ended']),
  requests: z.number(),
  requests_wanted: z.number(),
  seconds_left: z.number(),
  reason: optional(z.string()),
});

/** An update or a rollback as a server reports it. */
export const operationSchema = z.object({
  id: z.string(),
  kind: z.string().catch('update'),
  model: z.string().catch('unknown'),
  status: z.enum(['waiting', 'running', 'succeeded', 'failed', 'cancelled', 'superseded']),
  phase: z.string().catch(''),
  phases: listOf(z.object({ phase: z.string(), ms: z.number() })),
  progress: optional(
    z.object({ done: z.number(), total: z.number(), unit: z.string(), doing: optional(z.string()) }),
  ),
  mode: optional(z.object({ chosen: z.string(), why: z.string() })),
  dry_run: z.boolean().catch(false),
  lock_held_ms: optional(z.number()),
  held_requests: optional(z.number()),
  memory: optional(
    z.object({
      before_bytes: z.number(),
      after_bytes: z.number(),
      gpu_before_bytes: optional(z.number()),
      gpu_after_bytes: optional(z.number()),
    }),
  ),
  checks: optional(checksSchema),
  probation: optional(probationSchema),
  warnings: listOf(z.string()),
  error: optional(z.string()),
});

export type ChecksView = z.output<typeof checksSchema>;
export type ProbationView = z.output<typeof probationSchema>;

/** What the commands show of an operation. */
export interface OperationView extends z.output<typeof operationSchema> {
  /** As it came, for programs. */
  readonly received: unknown;
}

/** @throws CommandError when this is no report of an operation. */
export function readOperation(received: unknown): OperationView {
  const parsed = operationSchema.safeParse(received);
  if (parsed.success) return { ...parsed.data, received };
  throw new CommandError(
    'the server answered with something that is no report of an operation',
    'Is this the address of a rerankd? --url says where it is.',
  );
}

/** The checks that an error answer brings along, if it does. */
export function readChecks(errorBody: unknown): ChecksView | undefined {
  return z.object({ report: checksSchema }).safeParse(errorBody).data?.report;
}
