import { readFileSync } from 'node:fs';

export const OPEN_FILES = 'Max open files';

/**
 * The soft limit of that name, which counts; infinite where there is none. Node raises that of files to the hard one by itself.
 * @param text of /proc/<pid>/limits (proc_pid_limits(5)).
 */
export function limitIn(text: string, name: string): number {
  const value = new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(text)?.[1];
  return value === undefined || value === 'unlimited' ? Number.POSITIVE_INFINITY : Number(value);
}

/** How many files, sockets among them, this process may have open; infinite where the system does not tell: only Linux does. */
export function readOpenFilesLimit(): number {
  try {
    return limitIn(readFileSync('/proc/self/limits', 'utf8'), OPEN_FILES);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
