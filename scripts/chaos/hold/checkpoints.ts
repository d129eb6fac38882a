import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requestDefaults } from '../../synthesize/request.ts';
import { writeCheckpoint } from '../../synthesize/write-checkpoint.ts';
import type { Chaos } from '../experiment.ts';
import { environmentOf } from '../server/chaos-server.ts';

const run = promisify(execFile);

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export const ONE = 'local://one';
export const TWO = 'local://two';

export type CheckpointSize = 'tiny' | 'base';

/** Writes two models of the XLM-RoBERTa family with other weights each, and compiles both. */
export async function prepareCheckpoints(
  { directory, say, signal }: Chaos,
  size: CheckpointSize,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [seed, name] of ['one', 'two'].entries()) {
    say(`writing a checkpoint (${name})`);
    const target = join(directory, 'models', name);
    const shape = { architecture: 'xlm-roberta', size, dtype: 'fp16', seed: seed + 1 } as const;
    await writeCheckpoint({ ...requestDefaults, ...shape, directory: target }, undefined, signal);
    say(`compiling it (${name})`);
    const env = environmentOf(join(directory, 'state'), settings);
    await run(process.execPath, [main, 'compile', `local://${name}`], { env, signal });
  }
}

/**
 * Drops files from the page cache: what was read before is charged to whoever read it, and would cost the server nothing.
 * Needs dd of GNU coreutils; elsewhere the server only has it easier.
 */
export async function forgetPages(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((other) => other.isFile())) {
    const path = join(entry.parentPath, entry.name);
    await run('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0']).catch(() => {});
  }
}
