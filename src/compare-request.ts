import { z } from 'zod';
import type { Command } from './arguments.ts';
import type { CompareRequest } from './commands/compare.ts';
import { ConfigError, dtype } from './config.ts';
import type { Dtype } from './model/model-directory.ts';

const flagsSchema = z.object({
  set: z.string().optional(),
  json: z.boolean().default(false),
  topK: z.coerce.number().int().min(1).max(1000).optional(),
  threshold: z.coerce.number().min(0).max(1).optional(),
  referenceDtype: dtype.optional(),
  candidateDtype: dtype.optional(),
});

/**
 * Checks the flags of `rerankd compare`.
 * @param fallback for models that no flag of their own says it for
 * @throws ConfigError that names the flag.
 */
export function readCompareRequest(command: Command & { name: 'compare' }, fallback: Dtype): CompareRequest {
  const parsed = flagsSchema.safeParse(command.flags);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`--${flagOf(String(issue?.path[0]))}: ${issue?.message}`);
  }
  const { set, json, topK, threshold, referenceDtype, candidateDtype } = parsed.data;
  return {
    reference: { reference: command.reference, dtype: referenceDtype ?? fallback },
    candidate: { reference: command.candidate, dtype: candidateDtype ?? fallback },
    set,
    json,
    topK,
    threshold,
  };
}

/** referenceDtype is `--reference-dtype`. */
function flagOf(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
