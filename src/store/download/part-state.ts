import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

const schema = z.object({
  version: z.literal(1),
  digest: z.string(),
  size: z.int().nonnegative(),
  partBytes: z.int().positive(),
  /** By the name of the source. */
  etags: z.record(z.string(), z.string()),
  /** The parts that are there, by their index, with the names of the sources that they are from. */
  done: z.record(z.string().regex(/^\d+$/), z.array(z.string())),
});

/** What is known of a blob that is not complete: enough to go on after a crash. */
export type PartState = z.output<typeof schema>;

/** The state of an interrupted transfer; undefined when there is none that can be used. */
export async function readPartState(path: string): Promise<PartState | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Replaces the state as a whole: a killed process leaves the old one or the new one. After a power cut it may be neither,
 * which costs the transfer and nothing else: not waiting for the disk here is worth that.
 */
export async function writePartState(path: string, state: PartState): Promise<void> {
  await writeFileAtomic(path, JSON.stringify(state), { fsync: false });
}
