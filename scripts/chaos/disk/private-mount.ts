import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Wrapper } from '../../../test/support/server-child.ts';

const run = promisify(execFile);

/**
 * A wrapper for a command that sees a mount of its own, which goes away with its last process.
 * @param mount a shell command that mounts, for example `mount -t tmpfs tmpfs /tmp/state`
 */
export function withMount(mount: string): Wrapper {
  return (command, args) => [
    'unshare',
    '--mount',
    'sh',
    '-c',
    `${mount} && exec "$@"`,
    'sh',
    command,
    ...args,
  ];
}

/** Runs a shell command with the mounts that a process sees. */
export async function inMountsOf(pid: number, command: string): Promise<void> {
  await run('nsenter', ['--target', String(pid), '--mount', 'sh', '-c', command]);
}

/** Linux, and only as root. */
export async function canMount(): Promise<boolean> {
  return await run('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).then(
    () => true,
    () => false,
  );
}
