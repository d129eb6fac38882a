import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { until } from './until.ts';

const run = promisify(execFile);

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process of this machine that is not merely waiting to be reaped. */
async function listProcesses(): Promise<ProcessEntry[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (command === undefined || state?.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** Memory of a process that is really there, in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) * 1024;
}

export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, signal);
}

async function childrenOf(parent: number, entry: string): Promise<number[]> {
  const children = (await listProcesses()).filter((process) => process.parent === parent);
  return children.filter(({ command }) => command.includes(entry)).map(({ pid }) => pid);
}

/** Process ids of the engines that a server process has started, those that still load included. */
export function enginesOf(server: number): Promise<number[]> {
  return childrenOf(server, 'engine/child/main');
}

export function tokenizersOf(server: number): Promise<number[]> {
  return childrenOf(server, 'tokenizer/child/main');
}

/** Every process that a server has started. */
export async function helpersOf(server: number): Promise<number[]> {
  return [...(await enginesOf(server)), ...(await tokenizersOf(server))].toSorted((a, b) => a - b);
}

/** Resolves when none of these processes exists any more. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  await until(`the processes ${pids.join(', ')} are gone`, async () => {
    const living = new Set((await listProcesses()).map(({ pid }) => pid));
    return !pids.some((pid) => living.has(pid));
  });
}
