import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cardState, forgetServed } from '../../card/card-state.ts';

export interface ServerSettings {
  readonly model: string;
  readonly device: string;
  /** The directory of the models, where they are not the embedded ones. */
  readonly modelsDirectory: string | undefined;
  /** RERANK_DTYPE; undefined leaves it to the server. */
  readonly dtype: string | undefined;
  /** Where what is compiled is kept for the next run; else it is deleted with the server. */
  readonly work: string | undefined;
}

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** The server lets requests in flight end for 25 s by default. */
const STOP_TIMEOUT_MS = 30_000;

const READY_POLL_MS = 100;

const LOG_TAIL_CHARACTERS = 3000;

/** A real server in a process of its own, with a state directory of its own. Disposing it leaves nothing behind. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Aborts when the server ends unasked; the reason holds the end of its log. */
  readonly ended: AbortSignal;
  readonly #process: ChildProcess;
  readonly #directory: string;
  #stopping = false;

  private constructor(child: ChildProcess, url: string, directory: string) {
    this.url = url;
    this.pid = child.pid ?? 0;
    this.#process = child;
    this.#directory = directory;
    const ended = new AbortController();
    this.ended = ended.signal;
    child.once('exit', async () => {
      if (this.#stopping) return;
      ended.abort(new Error(`the server ended unasked. The end of its log:\n${await this.#logTail()}`));
    });
  }

  /**
   * Starts a server and waits until it is ready.
   * @throws the signal's reason, or an Error with the end of the server's log.
   */
  static async start(settings: ServerSettings, signal: AbortSignal): Promise<ServerProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'rerankd-bench-'));
    const { work, device } = settings;
    if (work !== undefined) await forgetServed(work, device);
    const port = await freePort();
    await using log = await open(join(directory, 'server.log'), 'w');
    const child = spawn(process.execPath, ['src/main.ts'], {
      cwd: repository,
      env: environment(settings, port, directory),
      stdio: ['ignore', log.fd, log.fd],
    });
    const server = new ServerProcess(child, `http://127.0.0.1:${port}`, directory);
    try {
      await server.#ready(AbortSignal.any([signal, server.ended]));
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    const isGone = this.#process.exitCode !== null || this.#process.signalCode !== null;
    if (!isGone) {
      const gone = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      const overdue = setTimeout(() => this.#process.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(overdue);
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #ready(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const response = await fetch(`${this.url}/readyz`, { signal }).catch(() => undefined);
      await response?.body?.cancel();
      if (response?.ok) return;
      await delay(READY_POLL_MS);
    }
  }

  async #logTail(): Promise<string> {
    const log = await readFile(join(this.#directory, 'server.log'), 'utf8').catch(() => '');
    return log.slice(-LOG_TAIL_CHARACTERS);
  }
}

function environment(settings: ServerSettings, port: number, directory: string) {
  const { model, device, modelsDirectory, dtype, work } = settings;
  return {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    ...(modelsDirectory !== undefined && { RERANK_MODELS_DIR: modelsDirectory }),
    RERANK_MODEL: model,
    RERANK_DEVICE: device,
    ...(dtype !== undefined && { RERANK_DTYPE: dtype }),
    RERANK_STATE_DIR: join(directory, 'state'),
    ...(work !== undefined && cardState(work, device)),
    // The bench asks the same again and again, to compare the answers: they have to be computed.
    RERANK_SCORE_CACHE_BYTES: '0',
    // One model before and one after: what is measured is a swap, not the model that is kept at hand.
    RERANK_PROBATION_REQUESTS: '0',
    // The bench comes without keys.
    RERANK_API_KEY: '',
    RERANK_ADMIN_KEY: '',
    LOG_FORMAT: 'json',
  };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
