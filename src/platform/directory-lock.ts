import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, delay } from './clock.ts';

export interface DirectoryLock {
  release(): Promise<void>;
}

const RETRY_MS = 250;

/**
 * Makes sure that only one process of this machine works in a directory.
 *
 * The lock is a listening local socket: unlike a lock file it can't outlive its owner. On Linux the name is abstract, and
 * the kernel frees it with the process; elsewhere a socket file nobody listens on is cleared away.
 * @param patienceMs how long to wait for a predecessor that is about to end.
 * @returns undefined when another process keeps the directory.
 */
export async function lockDirectory(
  path: string,
  patienceMs: number,
  clock: Clock,
): Promise<DirectoryLock | undefined> {
  const id = createHash('sha256')
    .update(await realpath(path))
    .digest('hex')
    .slice(0, 32);
  const isAbstract = process.platform === 'linux';
  const name = isAbstract ? `\0rerankd-${id}` : join(tmpdir(), `rerankd-${id}.sock`);
  const deadline = clock.now() + patienceMs;
  for (;;) {
    const server = await listen(name);
    if (server !== undefined)
      return { release: () => new Promise((resolve) => server.close(() => resolve())) };
    if (!isAbstract && !(await isAnswered(name))) await rm(name, { force: true });
    if (clock.now() >= deadline) return undefined;
    await delay(clock, RETRY_MS);
  }
}

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => {
      server.unref();
      resolve(server);
    });
  });
}

function isAnswered(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
