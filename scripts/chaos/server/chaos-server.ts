import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../../../test/support/client.ts';
import { embeddedModels } from '../../../test/support/directories.ts';
import { endProcess } from '../../../test/support/end-process.ts';
import {
  type Exit,
  ServerChild,
  type ServerCommand,
  spawnServer,
} from '../../../test/support/server-child.ts';
import { watchOver } from './living.ts';
import { membersOf } from './members.ts';

export interface ServerPlan extends Pick<ServerCommand, 'nodeFlags' | 'wrapper'> {
  readonly stateDirectory: string;
  /** Settings by their environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A stop that takes longer than the time that the server gives itself has failed. */
const STOP_TIMEOUT_MS = 40_000;

/**
 * Passed on to every child of the server, as what children get is filtered by name: whoever carries it belongs to the server,
 * even when the server is gone.
 */
const MARK = 'XDG_CHAOS_RUN';

/** A server that may be treated badly. Disposing it ends the process and everything it started. */
export class ChaosServer extends ServerChild {
  readonly #mark: string;
  readonly #signal: AbortSignal;

  private constructor(child: ReturnType<typeof spawnServer>, mark: string, signal: AbortSignal) {
    // What it started may be stopped, and would keep its output open.
    super(child, 'exit');
    watchOver(child);
    this.#mark = mark;
    this.#signal = signal;
  }

  /** Starts one and does not wait for it. */
  static launch({ stateDirectory, settings, signal, ...command }: ServerPlan): ChaosServer {
    const mark = randomUUID();
    const env = environmentOf(stateDirectory, { ...settings, [MARK]: mark });
    return new ChaosServer(spawnServer({ ...command, env }), mark, signal);
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

  override ready(signal = this.#signal): Promise<Client> {
    return super.ready(signal);
  }

  /** Asks it to stop, as an operator does. @returns how it ended; with SIGKILL when it did not end by itself. */
  async stop(): Promise<Exit> {
    await endProcess(this.process, STOP_TIMEOUT_MS);
    return await this.exit;
  }

  /** Process ids of all that it started and that still lives, itself excluded. */
  async helpers(): Promise<number[]> {
    return (await membersOf(MARK, this.#mark)).filter((pid) => pid !== this.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.ended) this.kill('SIGKILL');
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
