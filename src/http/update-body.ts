import { z } from 'zod';
import { ServiceError } from '../errors.ts';
import type { PreloadRequest, RollbackRequest, UpdateRequest } from '../serving/operation/change-request.ts';
import { validate } from './validate.ts';

const LONGEST_REFERENCE = 4096;
const MOST_SHADOW_REQUESTS = 10_000;
const MOST_PROBATION_REQUESTS = 10_000_000;
/** Timers of Node fire at once beyond 2^31 ms, which is not quite 25 days. */
const MOST_PROBATION_SECONDS = 24 * 86_400;

const reference = z
  .string({ error: 'must be a string' })
  .min(1, { error: 'must not be empty' })
  .max(LONGEST_REFERENCE, { error: `must not be longer than ${LONGEST_REFERENCE} characters` });

const flag = z.boolean({ error: 'must be true or false' }).nullish();

const between = (least: number, most: number) =>
  z
    .number({ error: `must be a number from ${least} to ${most}` })
    .min(least, { error: `must be from ${least} to ${most}` })
    .max(most, { error: `must be from ${least} to ${most}` });

const whole = (least: number, most: number) => between(least, most).int({ error: 'must be a whole number' });

const choice = <const T extends readonly string[]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` }).nullish();

/** What `probation` may be, besides false. */
export const probationSchema = z.strictObject(
  {
    requests: whole(0, MOST_PROBATION_REQUESTS).optional(),
    seconds: whole(0, MOST_PROBATION_SECONDS).optional(),
  },
  {
    error: ({ code }) =>
      code === 'invalid_type' ? 'must be false, or {"requests": …, "seconds": …}' : undefined,
  },
);

/** Strict: a misspelt dry_run must not swap. */
export const updateSchema = z.strictObject({
  model_path: reference
    .nullish()
    .describe('The model: local://NAME, org/name of a hub, a path, or the address of a manifest'),
  model: reference.nullish().describe('As model_path'),
  mode: choice('auto', 'beside', 'hold').describe(
    'Whether both models are loaded for a moment, or requests wait',
  ),
  dtype: choice('auto', 'fp32', 'fp16', 'int8').describe('In which precision it computes'),
  dry_run: flag.describe('true: everything but the swap'),
  force: flag.describe('true: what the checks find is told, and does not reject the model'),
  wait: flag.describe('true: waits behind an operation that is under way, instead of 409'),
  gates: z
    .strictObject({
      minKendallTau: between(-1, 1).optional(),
      minTop1Overlap: between(0, 1).optional(),
      maxThresholdCrossing: between(0, 1).optional(),
      maxLatencyRatio: between(0, Number.MAX_SAFE_INTEGER).optional(),
      threshold: between(0, 1).optional(),
    })
    .nullish(),
  probation: z.preprocess((asked) => (asked === false ? { requests: 0 } : asked), probationSchema.nullish()),
  shadow: z
    .strictObject({ percent: between(0.001, 100), requests: whole(1, MOST_SHADOW_REQUESTS) })
    .nullish(),
});

export const preloadSchema = updateSchema.pick({
  model_path: true,
  model: true,
  dtype: true,
  force: true,
  wait: true,
});

export const rollbackSchema = z.strictObject({
  to: reference
    .nullish()
    .describe('A model of the history: its reference, or the first 8 digits of its digest or more'),
  dtype: choice('auto', 'fp32', 'fp16', 'int8').describe('Of the history, the one in this precision'),
});

/** @throws ServiceError invalid_request that names the field. */
export function updateRequest(body: unknown): UpdateRequest {
  const { model_path, model, mode, dtype, dry_run, force, wait, gates, probation, shadow } = validate(
    updateSchema,
    body,
  );
  const { threshold, ...limits } = gates ?? {};
  return {
    reference: targetOf(model_path ?? model, 'model_path', 'change to'),
    mode: mode ?? undefined,
    dtype: dtype ?? undefined,
    dryRun: dry_run ?? false,
    force: force ?? false,
    wait: wait ?? false,
    limits: given(limits),
    threshold,
    probation: given(probation ?? {}),
    shadow: shadow ?? undefined,
  };
}

/** @throws ServiceError invalid_request that names the field. */
export function preloadRequest(body: unknown): PreloadRequest {
  const { model_path, model, dtype, force, wait } = validate(preloadSchema, body);
  return {
    reference: targetOf(model ?? model_path, 'model', 'bring'),
    dtype: dtype ?? undefined,
    force: force ?? false,
    wait: wait ?? false,
  };
}

/** @throws ServiceError invalid_request that names the field. */
export function rollbackRequest(body: unknown): RollbackRequest {
  const { to, dtype } = validate(rollbackSchema, body ?? {});
  if (to == null && dtype != null) {
    throw new ServiceError('invalid_request', 'to is missing: dtype says which form of it is meant', {
      detail: 'Name a model of the history, for example {"to": "local://demo", "dtype": "fp32"}.',
    });
  }
  return { to: to ?? undefined, dtype: dtype ?? undefined };
}

function targetOf(target: string | null | undefined, field: string, verb: string): string {
  if (target != null) return target;
  throw new ServiceError('invalid_request', `${field} is missing`, {
    detail: `Say which model to ${verb}, for example {"${field}": "local://demo-next"}.`,
  });
}

/** Without the keys that are there, but undefined. */
function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
