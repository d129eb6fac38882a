import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** More than a bench keeps. */
const MOST_BYTES = 2 ** 50;

/** Where all servers of a bench on this device keep what is compiled: a large model takes longer than what is measured of it. */
export function cardState(work: string, device: string): Record<string, string> {
  return {
    RERANK_STATE_DIR: join(work, `state-${device}`),
    // With a budget nothing is deleted because another model serves now.
    RERANK_CACHE_MAX_BYTES: String(MOST_BYTES),
  };
}

/** What served last would win over the model that is to be measured. */
export async function forgetServed(work: string, device: string): Promise<void> {
  for (const name of ['.last_good_model', '.last_good_model.previous'])
    await rm(join(work, `state-${device}`, name), { force: true });
}

/** Of servers for a card: `auto` would compare with fp32 first, and might serve that. A setting of the caller wins. */
export function cardDtype(): string {
  return process.env['RERANK_DTYPE'] ?? 'fp16';
}
