import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { type DirectoryLock, lockDirectory } from '../../platform/directory-lock.ts';
import { Ownership, type Silence } from './ownership.ts';

/** The right to work on one blob, while it lasts. */
export interface Claim {
  /** @throws OwnershipLost */
  ensureHeld(): void;
  release(): Promise<void>;
}

/**
 * Claims the directory of a blob, which is created where it is missing.
 * @returns undefined while another process, or another call in this one, works there.
 */
export async function claimDirectory(
  directory: string,
  silence: Silence,
  clock: Clock,
  signal: AbortSignal,
): Promise<Claim | undefined> {
  await mkdir(directory, { recursive: true });
  const lock = await lockOf(directory, clock);
  if (!lock) return undefined;
  try {
    const ownership = await Ownership.take(join(directory, 'lease.json'), silence, clock, signal);
    if (ownership) {
      return {
        ensureHeld: () => ownership.ensureHeld(),
        release: async () => {
          ownership.release();
          await lock.release();
        },
      };
    }
  } catch (error) {
    // Whoever had the claim finished and cleared the directory away meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      await lock.release();
      throw error;
    }
  }
  await lock.release();
  return undefined;
}

async function lockOf(directory: string, clock: Clock): Promise<DirectoryLock | undefined> {
  try {
    return await lockDirectory(directory, 0, clock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
