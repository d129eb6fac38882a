import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '../../../test/support/client.ts';
import { embeddedModels } from '../../../test/support/directories.ts';
import { watchOver } from './living.ts';
import { membersOf } from './members.ts';
import { ServerLog } from './server-log.ts';

/** Makes another command of one. */
export type Wrapper = (command: string, args: readonly string[]) => readonly [string, ...string[]];

export interface ServerPlan {
  readonly stateDirectory: string;
  /** Settings by their environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
  /** What to start instead of a command; it must end by being that command, in its own process. */
  readonly wrapper?: Wrapper | undefined;
  readonly signal: AbortSignal;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

/** A stop that takes longer than the time that the server gives itself has failed. */
const STOP_TIMEOUT_MS = 40_000;

/**
 * Passed on to every child of the server, as what children get is filtered by name: whoever carries it belongs to the server,
 * even when the server is gone.
 */
const MARK = 'XDG_CHAOS_RUN';

/** The real program in a process of its own. Disposing it ends the process and everything it started. */
export class ChaosServer implements AsyncDisposable {
  readonly pid: number;
  readonly log: ServerLog;
  readonly exit: Promise<Exit>;
  readonly #mark: string;
  readonly #process: ChildProcess;
  readonly #signal: AbortSignal;
  #ended = false;

  private constructor(child: ChildProcess, mark: string, signal: AbortSignal) {
    if (child.stdout === null || child.stderr === null) throw new Error('the server has no output');
    watchOver(child);
    this.pid = child.pid ?? 0;
    this.log = new ServerLog(child.stdout, child.stderr);
    this.#process = child;
    this.#mark = mark;
    this.#signal = signal;
    this.exit = once(child, 'exit').then(([code, by]) => {
      this.#ended = true;
      return { code, signal: by };
    });
  }

  /** Starts one and does not wait for it. */
  static launch({ stateDirectory, settings, nodeFlags = [], wrapper, signal }: ServerPlan): ChaosServer {
    const mark = randomUUID();
    const wrap: Wrapper = wrapper ?? ((command, plain) => [command, ...plain]);
    const [program, ...args] = wrap(process.execPath, [...nodeFlags, main]);
    const child = spawn(program, args, {
      env: environmentOf(stateDirectory, { ...settings, [MARK]: mark }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ChaosServer(child, mark, signal);
  }

  /** Starts one and waits until it serves. @throws Error with the end of its log when it ends instead. */
  static async start(plan: ServerPlan): Promise<ChaosServer & { readonly client: Client }> {
    const server = ChaosServer.launch(plan);
    try {
      return Object.assign(server, { client: await server.ready() });
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when it serves. @throws Error with the end of its log when it ends instead. */
  async ready(): Promise<Client> {
    const line = await this.log.until(/listens on http/, this.#signal);
    if (line === undefined) throw new Error(`the server ended before it served:\n${this.log.tail()}`);
    return new Client(/http:\S+/.exec(line)?.[0] ?? '');
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Asks it to stop, as an operator does. @returns how it ended; with SIGKILL when it did not end by itself. */
  async stop(): Promise<Exit> {
    this.kill('SIGTERM');
    const overdue = setTimeout(() => this.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const exit = await this.exit;
    clearTimeout(overdue);
    return exit;
  }

  /** Process ids of all that it started and that still lives, itself excluded. */
  async helpers(): Promise<number[]> {
    return (await membersOf(MARK, this.#mark)).filter((pid) => pid !== this.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.kill('SIGKILL');
    await this.exit;
    // A child that was stopped never notices that its parent is gone.
    for (const pid of await this.helpers()) killIfThere(pid);
  }
}

/** Settings for one small machine, whatever the real one has; every answer computed. */
export function environmentOf(stateDirectory: string, settings: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = '' } = process.env;
  return {
    PATH,
    HOME,
    HOST: '127.0.0.1',
    PORT: '0',
    RERANK_MODELS_DIR: embeddedModels,
    RERANK_STATE_DIR: stateDirectory,
    RERANK_DEVICE: 'cpu',
    RERANK_ENGINES: '2',
    RERANK_THREADS: '1',
    RERANK_SCORE_CACHE_BYTES: '0',
    LOG_FORMAT: 'json',
    NODE_COMPILE_CACHE: join(tmpdir(), 'rerankd-chaos-compile-cache'),
    ...settings,
  };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
