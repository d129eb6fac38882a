import { ServiceError } from '../errors.ts';

/**
 * Says what a failed write means to an operator.
 * @param what completes "the disk of RERANK_STATE_DIR is full: …"
 * @returns a ServiceError insufficient_storage or source_failed for errors of the file system, else the error itself
 */
export function explainStorageError(error: unknown, what: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ServiceError('insufficient_storage', `the disk of RERANK_STATE_DIR is full: ${what}`, {
      detail: 'Free some space there, or point RERANK_STATE_DIR to a larger volume.',
      cause: error,
    });
  }
  if (code === 'EROFS') {
    return new ServiceError('insufficient_storage', `the disk of RERANK_STATE_DIR is read-only: ${what}`, {
      detail: 'Make it writable again, or point RERANK_STATE_DIR to another volume.',
      cause: error,
    });
  }
  if (typeof code === 'string' && code !== 'ABORT_ERR') {
    return new ServiceError('source_failed', `${what}: ${(error as Error).message}`, { cause: error });
  }
  return error;
}
