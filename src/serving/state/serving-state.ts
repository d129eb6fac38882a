import { z } from 'zod';

const entrySchema = z.strictObject({
  model: z.string(),
  /** Of the content that was served, so that a directory changed meanwhile is noticed. */
  digest: z.string(),
  /** The form that was asked for, where it was not the configured one. */
  dtype: z.enum(['auto', 'fp32', 'fp16', 'int8']).optional(),
});

const quarantinedSchema = z.strictObject({
  model: z.string(),
  digest: z.string(),
  /** The form that does badly, of a content that is good in another one; left out, no form of it serves again. */
  dtype: entrySchema.shape.dtype,
  /** Why it was taken back. */
  reason: z.string(),
  since: z.string(),
});

export const stateSchema = z.object({
  ...entrySchema.shape,
  previous: entrySchema.nullable(),
  /** The update that was under way; it is never resumed by itself. */
  pending: z.object({ model: z.string(), since: z.string() }).nullable(),
  /** Starts since the last one that came up. */
  bootAttempts: z.int().nonnegative(),
  /** Good models, newest first, the current one included. */
  history: z.array(entrySchema.extend({ since: z.string() })),
  /** Contents that were taken back on probation; they don't serve again unless somebody insists. */
  quarantined: z.array(quarantinedSchema).default([]),
});

export type ModelEntry = z.infer<typeof entrySchema>;
export type Quarantined = z.infer<typeof quarantinedSchema>;

/** What `.last_good_model` says. */
export type ServingState = z.infer<typeof stateSchema>;
export type HistoryEntry = ServingState['history'][number];
