import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, ServiceError } from './errors.ts';

/** Where copies of models and compiled graphs lie. */
export interface WorkDirectory {
  readonly path: string;
  /** Why it is not the state directory: then nothing in it is kept. */
  readonly because?: string;
  /** Deletes it, if it is not the state directory. */
  release(): Promise<void>;
}

/**
 * The state directory, if it can be written.
 * @param mayBeTemporary takes a temporary one otherwise: a server with a read-only disk still serves.
 * @throws ServiceError unavailable when there is none.
 */
export async function openWorkDirectory(
  stateDirectory: string,
  mayBeTemporary: boolean,
): Promise<WorkDirectory> {
  try {
    await assertWritable(stateDirectory);
    return { path: stateDirectory, release: async () => {} };
  } catch (error) {
    const because = `the state directory can't be used: ${messageOf(error)}`;
    const detail = 'Point RERANK_STATE_DIR to a directory that this user may write to.';
    if (!mayBeTemporary) throw new ServiceError('unavailable', because, { detail, cause: error });
    const path = await mkdtemp(join(tmpdir(), 'rerankd-')).catch((cause) => {
      throw new ServiceError('unavailable', `${because}; and so is ${tmpdir()}: ${messageOf(cause)}`, {
        detail,
        cause,
      });
    });
    return { path, because, release: () => rm(path, { recursive: true, force: true }) };
  }
}

async function assertWritable(path: string): Promise<void> {
  await mkdir(join(path, 'models'), { recursive: true });
  const trial = join(path, `.trial-${randomUUID()}`);
  await writeFile(trial, '');
  await rm(trial);
}
