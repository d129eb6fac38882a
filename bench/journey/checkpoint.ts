import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { requestDefaults } from '../../scripts/synthesize/request.ts';
import { writeCheckpoint } from '../../scripts/synthesize/write-checkpoint.ts';

export const journeySizes = ['tiny', 'base', 'large'] as const;

/** Of XLM-RoBERTa; large is the shape of bge-reranker-v2-m3. */
export type JourneySize = (typeof journeySizes)[number];

/** Synthesizes the checkpoint that travels, or takes the one that an earlier run left in the directory. */
export async function prepareCheckpoint(
  directory: string,
  size: JourneySize,
  signal: AbortSignal,
): Promise<string> {
  const target = join(directory, `xlm-roberta-${size}`);
  const isThere = await access(target).then(
    () => true,
    () => false,
  );
  const request = { ...requestDefaults, architecture: 'xlm-roberta', size, directory: target } as const;
  if (!isThere) await writeCheckpoint(request, undefined, signal);
  return target;
}
