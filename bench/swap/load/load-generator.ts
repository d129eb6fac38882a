import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PhaseName } from '../phase.ts';
import type { LoadNews, LoadOrder, LoadReport, LoadSettings, LoadTick } from './protocol.ts';

const loadEntry = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The load process, as the bench sees it. Disposing it ends the process. */
export class LoadGenerator implements Disposable {
  readonly #process: ChildProcess;
  readonly #report = Promise.withResolvers<LoadReport>();

  /** Begins to send at once. */
  constructor(settings: LoadSettings, onTick: (tick: LoadTick) => void) {
    this.#report.promise.catch(() => {});
    this.#process = fork(loadEntry, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process.on('message', (news: LoadNews) => {
      if (news.kind === 'tick') onTick(news.tick);
      else this.#report.resolve(news.report);
    });
    this.#process.on('exit', () => this.#report.reject(new Error('the load generator ended too early')));
    this.#process.on('error', this.#report.reject);
    this.#tell({ kind: 'start', settings });
  }

  enter(phase: PhaseName): void {
    this.#tell({ kind: 'phase', phase });
  }

  /**
   * Waits for the last answers and ends the load.
   * @throws Error when the process ended before.
   */
  drain(): Promise<LoadReport> {
    this.#tell({ kind: 'drain' });
    return this.#report.promise;
  }

  [Symbol.dispose](): void {
    if (this.#process.connected) this.#process.disconnect();
  }

  #tell(order: LoadOrder): void {
    if (this.#process.connected) this.#process.send(order);
  }
}
