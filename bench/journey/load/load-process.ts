import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadReport, LoadSettings } from './protocol.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The load process, as the bench sees it. It sends from the beginning; disposing it ends it. */
export class LoadProcess implements AsyncDisposable {
  /** Aborts when it ends unasked. */
  readonly ended: AbortSignal;
  readonly #process: ChildProcess;

  constructor(settings: LoadSettings) {
    this.#process = fork(entry, [JSON.stringify(settings)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ended = new AbortController();
    this.ended = ended.signal;
    this.#process.once('exit', () => ended.abort(new Error('the load generator ended too early')));
  }

  /** Ends the load and waits for the last answers. @throws Error when the process ended before; the signal's reason. */
  async stop(signal: AbortSignal): Promise<LoadReport> {
    this.ended.throwIfAborted();
    const report = once(this.#process, 'message', { signal: AbortSignal.any([signal, this.ended]) });
    this.#process.send('stop');
    const [told] = (await report) as [LoadReport];
    return told;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}
