import { execFile } from 'node:child_process';
import { access, constants, readdir, stat, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, networkInterfaces, totalmem } from 'node:os';
import { type MachineBudget, readMachineBudget } from '../../platform/machine-budget.ts';
import { type FreeMemory, readFreeMemory } from '../../platform/memory/free-memory.ts';
import { type ReadText, readText } from '../../platform/memory/read-text.ts';

interface Executed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FileInfo {
  readonly isDirectory: boolean;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly modified: Date;
}

/** In bytes; undefined where the system does not tell. */
interface DiskSpace {
  readonly free: number | undefined;
  readonly total: number | undefined;
}

/** What the checks see of the machine. Nothing here changes it. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly nodeVersion: string;
  readonly uid: number;
  readonly hostProcessors: number;
  readonly hostMemoryBytes: number;
  /** Processors of the affinity mask. */
  readonly affinity: number;
  readonly budget: () => MachineBudget;
  readonly freeMemory: () => Promise<FreeMemory>;
  readonly readText: ReadText;
  /** Names in a directory; none where there is no such directory. */
  readonly entries: (directory: string) => Promise<readonly string[]>;
  readonly info: (path: string) => Promise<FileInfo | undefined>;
  readonly may: (what: 'read' | 'write', path: string) => Promise<boolean>;
  /** Of the file system that a path is on. */
  readonly diskSpace: (path: string) => Promise<DiskSpace>;
  /** @returns undefined where there is no such program, or it does not answer in time. */
  readonly execute: (
    command: string,
    args: readonly string[],
    signal: AbortSignal,
  ) => Promise<Executed | undefined>;
  /** @throws what `fetch` throws. */
  readonly get: (url: string, signal: AbortSignal) => Promise<{ status: number; body: unknown }>;
  /** Addresses of the network interfaces. */
  readonly addresses: () => readonly string[];
  readonly now: () => Date;
}

const MAX_OUTPUT_BYTES = 4 * 2 ** 20;
const MAX_ANSWER_CHARACTERS = 2 ** 16;

export const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  nodeVersion: process.versions.node,
  uid: process.getuid?.() ?? 0,
  hostProcessors: cpus().length,
  hostMemoryBytes: totalmem(),
  affinity: availableParallelism(),
  budget: readMachineBudget,
  freeMemory: () => readFreeMemory(),
  readText,
  entries: (directory) => readdir(directory).catch(() => []),
  info: async (path) => {
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) return undefined;
    return { isDirectory: info.isDirectory(), mode: info.mode, uid: info.uid, modified: info.mtime };
  },
  may: async (what, path) => {
    const right = what === 'read' ? constants.R_OK : constants.W_OK;
    return await access(path, right).then(
      () => true,
      () => false,
    );
  },
  diskSpace: async (path) => {
    const space = await statfs(path).catch(() => undefined);
    return { free: space && space.bavail * space.bsize, total: space && space.blocks * space.bsize };
  },
  execute,
  get: async (url, signal) => {
    const response = await fetch(url, { signal, redirect: 'manual' });
    const text = (await response.text()).slice(0, MAX_ANSWER_CHARACTERS);
    return { status: response.status, body: jsonOf(text) };
  },
  addresses: () =>
    Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
  now: () => new Date(),
};

function execute(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Executed | undefined> {
  return new Promise((resolve) => {
    const options = { signal, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      // Ended by a signal of its own: a crash. Otherwise it is not there, or took too long.
      else if (error?.signal && !signal.aborted)
        resolve({ code: -1, stdout, stderr: `${stderr}${error.signal}` });
      else resolve(undefined);
    });
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
