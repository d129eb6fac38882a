import { messageOf, ServiceError } from '../../errors.ts';

/** True for errors after which only more space helps. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Says what a failed write means to an operator; other errors come back as they are. */
export function explainDiskError(error: unknown, directory: string): unknown {
  if (isDiskFull(error)) {
    return new ServiceError(
      'insufficient_storage',
      `the disk of ${directory} became full during a download`,
      {
        detail: 'What had come was deleted. Make room there, or move the cache to a larger volume.',
        cause: error,
      },
    );
  }
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'EROFS') {
    return new ServiceError('insufficient_storage', `the disk of ${directory} is read-only`, {
      detail: 'Make it writable, or move the cache to another volume.',
      cause: error,
    });
  }
  if (code !== undefined && syscall !== undefined) {
    return new ServiceError('source_failed', `a download could not be kept: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return error;
}
