import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointRequest, requestDefaults } from '../../../scripts/synthesize/request.ts';
import { writeCheckpoint } from '../../../scripts/synthesize/write-checkpoint.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { readSafetensors, type StoredTensor } from './safetensors.ts';

/** A tiny checkpoint in a directory of its own. */
export async function synthesized(request: Partial<CheckpointRequest> = {}): Promise<string> {
  const directory = join(await temporaryDirectory(), 'model');
  await writeCheckpoint({ ...requestDefaults, architecture: 'bert', size: 'tiny', directory, ...request });
  return directory;
}

export async function readJson(directory: string, file: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(directory, file), 'utf8'));
}

/** The tensors of a checkpoint, wherever they lie. */
export async function tensorsOf(directory: string): Promise<Map<string, StoredTensor>> {
  const index = await readJson(directory, 'model.safetensors.index.json').catch(() => undefined);
  const files =
    index === undefined
      ? ['model.safetensors']
      : [...new Set(Object.values(index.weight_map as Record<string, string>))];
  const each = await Promise.all(files.map((file) => readSafetensors(join(directory, file))));
  return new Map(each.flatMap(({ tensors }) => [...tensors]));
}
