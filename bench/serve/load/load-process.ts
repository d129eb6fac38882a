import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadNews, LoadReport, LoadSettings } from './protocol.ts';

const loadEntry = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The load process, as the bench sees it. It sends from the beginning; disposing it ends it, with whatever is under way. */
export class LoadProcess implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #measuring = Promise.withResolvers<void>();
  readonly #report = Promise.withResolvers<LoadReport>();

  constructor(settings: LoadSettings) {
    this.#measuring.promise.catch(() => {});
    this.#report.promise.catch(() => {});
    this.#process = fork(loadEntry, [JSON.stringify(settings)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process.on('message', (news: LoadNews) => {
      if (news.kind === 'report') this.#report.resolve(news.report);
      // Whoever never came out of the warm-up is over with it all the same.
      this.#measuring.resolve();
    });
    this.#process.once('exit', () => this.#fail(new Error('the load generator ended too early')));
    this.#process.once('error', (error) => this.#fail(error));
  }

  /** Resolves when the warm-up is over. @throws Error when the process ended before; the signal's reason. */
  async measuring(signal: AbortSignal): Promise<void> {
    await Promise.race([this.#measuring.promise, aborted(signal)]);
  }

  /** Resolves when all is done. @throws Error when the process ended before; the signal's reason. */
  async report(signal: AbortSignal): Promise<LoadReport> {
    return await Promise.race([this.#report.promise, aborted(signal)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }

  #fail(error: Error): void {
    this.#measuring.reject(error);
    this.#report.reject(error);
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  await once(signal, 'abort');
  throw signal.reason;
}
