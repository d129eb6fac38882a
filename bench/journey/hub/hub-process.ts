import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HubNews, HubOrder, Sent } from './protocol.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

type NewsOf<Kind extends HubNews['kind']> = Extract<HubNews, { kind: Kind }>;

/** A fake hub in a process of its own. Disposing it ends it. */
export class HubProcess implements AsyncDisposable {
  readonly origin: string;
  readonly #process: ChildProcess;
  readonly #news: EventEmitter;
  readonly #signal: AbortSignal;

  private constructor(origin: string, process: ChildProcess, news: EventEmitter, signal: AbortSignal) {
    this.origin = origin;
    this.#process = process;
    this.#news = news;
    this.#signal = signal;
  }

  /** @param signal gives up whatever is waited for */
  static async start(signal: AbortSignal): Promise<HubProcess> {
    const process = fork(entry, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const news = new EventEmitter();
    process.on('message', (told: HubNews) => {
      if (told.kind === 'failed') news.emit('error', new Error(`the hub: ${told.message}`));
      else news.emit(told.kind, told);
    });
    process.once('exit', () => news.emit('error', new Error('the hub ended too early')));
    // Whoever waits gets it; when nobody does, it must not end the bench.
    news.on('error', () => {});
    const [{ origin }] = (await once(news, 'ready', { signal })) as [NewsOf<'ready'>];
    return new HubProcess(origin, process, news, signal);
  }

  /** @returns commit and size of the weights, once everything is hashed. @throws Error when it can't be published. */
  async publish(id: string, directory: string, variant: number): Promise<NewsOf<'published'>> {
    const published = once(this.#news, 'published', { signal: this.#signal });
    this.#tell({ kind: 'publish', id, directory, variant });
    const [news] = (await published) as [NewsOf<'published'>];
    return news;
  }

  limit(bytesPerSecond: number | undefined): void {
    this.#tell({ kind: 'limit', bytesPerSecond });
  }

  /**
   * What is sent of the weights from now on.
   * @param isEnough looked at whenever the hub tells; the first report is that of the first byte
   */
  async count(isEnough: (sent: Sent) => boolean, signal: AbortSignal): Promise<Sent> {
    const enough = new EventEmitter();
    // Reports may come in one piece: none of them may find nobody listening.
    const listen = ({ sent }: NewsOf<'sent'>): void => {
      if (isEnough(sent)) enough.emit('enough', sent);
    };
    this.#news.on('sent', listen);
    this.#tell({ kind: 'count' });
    try {
      const [sent] = (await once(enough, 'enough', { signal: AbortSignal.any([signal, this.#signal]) })) as [
        Sent,
      ];
      return sent;
    } finally {
      this.#news.off('sent', listen);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.disconnect();
    await gone;
  }

  #tell(order: HubOrder): void {
    if (this.#process.connected) this.#process.send(order);
  }
}
