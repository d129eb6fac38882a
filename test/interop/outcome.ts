import { z } from 'zod';

/** What became of one client. */
const outcomeSchema = z.strictObject({
  client: z.string(),
  version: z.string(),
  /** The path and the shape. */
  dialect: z.string(),
  passed: z.boolean(),
  /** What went wrong, in the words of the client. */
  problem: z.string().nullish(),
  /** What users of the client should know. */
  note: z.string().nullish(),
});

export type Outcome = z.infer<typeof outcomeSchema>;

/** test/interop/results.json: what a whole run found. */
const resultsSchema = z.array(outcomeSchema);

/** @throws Error for a line that is no outcome. */
export function parseOutcomes(lines: string): Outcome[] {
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => outcomeSchema.parse(JSON.parse(line)));
}

/** @throws Error for a file that no run has written. */
export function parseResults(text: string): Outcome[] {
  return resultsSchema.parse(JSON.parse(text));
}
