import type { ChildProcess } from 'node:child_process';

const living = new Set<ChildProcess>();

/** However this process ends, short of SIGKILL, it takes along what it started. */
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** Remembers a child process until it has ended. */
export function watchOver(child: ChildProcess): void {
  living.add(child);
  child.once('exit', () => living.delete(child));
}
