import { z } from 'zod';
import { InvalidCheckpoint } from '../safetensors/invalid-checkpoint.ts';

export const count = z
  .int()
  .positive()
  .max(2 ** 24);
export const epsilon = z.number().positive().max(1);

/** @throws InvalidCheckpoint that names the first field that is missing or wrong */
export function parseConfig<S extends z.ZodType>(schema: S, config: unknown): z.output<S> {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InvalidCheckpoint(`config.json: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
}
