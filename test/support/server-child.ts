import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from './client.ts';
import { ServerLog } from './server-log.ts';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Makes another command of one. It must end by being that command, in its own process. */
export type Wrapper = (command: string, args: readonly string[]) => readonly [string, ...string[]];

export interface ServerCommand {
  /** All that it gets. PORT=0 lets it choose a free port, which `ready` finds out. */
  readonly env: Readonly<Record<string, string>>;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
  readonly wrapper?: Wrapper | undefined;
  /** It leads a process group of its own, as under a shell. */
  readonly hasOwnGroup?: boolean;
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Starts the program `rerankd serve`, with its output in pipes. */
export function spawnServer({
  env,
  nodeFlags = [],
  wrapper,
  hasOwnGroup = false,
}: ServerCommand): ChildProcess {
  const wrap: Wrapper = wrapper ?? ((command, plain) => [command, ...plain]);
  const [program, ...args] = wrap(process.execPath, [...nodeFlags, main]);
  const options: SpawnOptions = { env, stdio: ['ignore', 'pipe', 'pipe'], detached: hasOwnGroup };
  return spawn(program, args, options);
}

/** The real server in a process of its own, known by what it writes. Who starts it says how it is disposed of. */
export abstract class ServerChild implements AsyncDisposable {
  readonly pid: number;
  readonly log: ServerLog;
  readonly exit: Promise<Exit>;
  protected readonly process: ChildProcess;
  #ended = false;

  /**
   * @param ends the event after which it counts as ended: `close` waits until all that it wrote was read, for which children that
   * outlive it must have ended too
   */
  protected constructor(child: ChildProcess, ends: 'exit' | 'close') {
    if (child.stdout === null || child.stderr === null) throw new TypeError('its output must be pipes');
    this.process = child;
    this.pid = child.pid ?? 0;
    this.log = new ServerLog(child.stdout, child.stderr);
    this.exit = once(child, ends).then(([code, signal]) => {
      this.#ended = true;
      return { code, signal };
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves when it serves. @throws Error with the end of its log when it ends instead; the signal's reason. */
  async ready(signal?: AbortSignal): Promise<Client> {
    const line = await this.log.until(/listens on http/, signal);
    if (line === undefined) throw new Error(`the server ended before it served:\n${this.log.tail()}`);
    return new Client(/http:\S+/.exec(line)?.[0] ?? '');
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  abstract [Symbol.asyncDispose](): Promise<void>;
}
