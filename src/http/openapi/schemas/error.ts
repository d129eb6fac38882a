import { z } from 'zod';
import type { ErrorType } from '../../../errors.ts';
import { ERROR_STATUS, type ErrorBody } from '../../errors.ts';

/** The shape of every error. */
export const errorAnswer: z.ZodType<ErrorBody> = z.object({
  message: z.string().describe('What is wrong'),
  detail: z.string().describe('What to do about it'),
  error: z.string().describe('As message, for clients that look here'),
  error_type: z
    .enum(Object.keys(ERROR_STATUS) as ErrorType[])
    .describe('One of a closed list, to decide by; the other fields are for people'),
  report: z.unknown().optional().describe('With rejected_by_gate only: everything that was looked at'),
});
