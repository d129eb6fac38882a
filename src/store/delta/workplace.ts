import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '../../errors.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import { type Claim, claimDirectory } from '../download/claim.ts';
import { Silence } from '../download/ownership.ts';

const LOOK_AGAIN_MS = 250;

/** Where a download has the hash of its target: what is abandoned is deleted with the parts of downloads. */
const DELTA = createHash('sha256').update('delta').digest('hex').slice(0, 16);

export interface Workplace {
  /** Of the file that is put together. */
  readonly path: string;
  /** @throws OwnershipLost */
  readonly ensureHeld: () => void;
}

/**
 * Lends the file in which a delta is put together. Only one process has it: a second one would go on writing into a file
 * that is already in its place.
 *
 * It stays when the work is given up or fails with a ServiceError, and the next attempt goes on with it.
 * @param sha256 of the file
 * @param work moves the file away when it is whole
 */
export async function withWorkplace<T>(
  partsDirectory: string,
  sha256: string,
  clock: Clock,
  signal: AbortSignal,
  work: (place: Workplace) => Promise<T>,
): Promise<T> {
  const directory = join(partsDirectory, `${sha256.slice(0, 16)}-${DELTA}`);
  const claim = await claimPatiently(directory, clock, signal);
  try {
    const path = join(directory, 'file');
    const result = await work({ path, ensureHeld: () => claim.ensureHeld() });
    await rm(directory, { recursive: true, force: true });
    return result;
  } catch (error) {
    const isResumable = signal.aborted || error instanceof ServiceError;
    if (!isResumable) await rm(directory, { recursive: true, force: true });
    throw error;
  } finally {
    await claim.release();
  }
}

async function claimPatiently(directory: string, clock: Clock, signal: AbortSignal): Promise<Claim> {
  const silence = new Silence();
  for (;;) {
    signal.throwIfAborted();
    await mkdir(directory, { recursive: true });
    const claim = await claimDirectory(directory, silence, clock, signal);
    if (claim !== undefined) return claim;
    await delay(clock, LOOK_AGAIN_MS, signal);
  }
}
