import { z } from 'zod';
import type { Command } from './arguments.ts';
import { numberFlag, readFlags } from './command-flags.ts';
import type { CompareRequest } from './commands/compare.ts';
import { dtype } from './config/rules.ts';
import type { Dtype } from './model/model-directory.ts';

const flagsSchema = z.object({
  set: z.string().optional(),
  json: z.boolean().default(false),
  topK: numberFlag.pipe(z.int().min(1).max(1000)).optional(),
  threshold: numberFlag.pipe(z.number().min(0).max(1)).optional(),
  referenceDtype: dtype.optional(),
  candidateDtype: dtype.optional(),
});

/**
 * Checks the flags of `rerankd compare`.
 * @param fallback for models that no flag of their own says it for
 * @throws ConfigError that names the flag.
 */
export function readCompareRequest(command: Command & { name: 'compare' }, fallback: Dtype): CompareRequest {
  const { set, json, topK, threshold, ...given } = readFlags(flagsSchema, command.flags);
  return {
    reference: { reference: command.reference, dtype: given.referenceDtype ?? fallback },
    candidate: { reference: command.candidate, dtype: given.candidateDtype ?? fallback },
    set,
    json,
    topK,
    threshold,
  };
}
