import { type Clock, delay } from '../../platform/clock.ts';
import { CommandError } from '../command-error.ts';
import { ConnectionFailure, Refusal } from './failures.ts';
import { type OperationView, readOperation } from './operation.ts';
import type { ServerClient } from './server-client.ts';

interface FollowOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called for every report. */
  readonly onReport: (operation: OperationView) => void;
  readonly isDone: (operation: OperationView) => boolean;
}

const RECONNECTS = 5;
/** Doubles with every attempt. */
const FIRST_PAUSE_MS = 500;
const POLL_MS = 1000;
/** Half a minute of a server that can't be reached. */
const FAILED_POLLS = 30;

/**
 * Watches an operation until it is done: by its event stream, which is opened again when it breaks, else by asking every
 * second.
 * @returns the last report.
 * @throws CommandError when the server is gone or does not know the operation any more; the signal's reason.
 */
export async function followOperation(
  client: ServerClient,
  first: OperationView,
  options: FollowOptions,
): Promise<OperationView> {
  const watch = new Watch(client, first, options);
  return (await watch.stream()) ?? watch.poll();
}

class Watch {
  readonly #client: ServerClient;
  readonly #options: FollowOptions;
  #latest: OperationView;

  constructor(client: ServerClient, first: OperationView, options: FollowOptions) {
    this.#client = client;
    this.#options = options;
    this.#latest = first;
  }

  /** @returns the last report, or nothing when the streams ended before the operation was done. */
  async stream(): Promise<OperationView | undefined> {
    const { clock, signal } = this.#options;
    if (this.#take(this.#latest)) return this.#latest;
    for (let attempt = 0; attempt <= RECONNECTS; attempt++) {
      if (attempt > 0) await delay(clock, FIRST_PAUSE_MS * 2 ** (attempt - 1), signal);
      signal.throwIfAborted();
      const outcome = await this.#listen();
      if (outcome === 'done') return this.#latest;
      if (outcome === 'ended') break;
    }
    return undefined;
  }

  async poll(): Promise<OperationView> {
    const { clock, signal } = this.#options;
    for (let failures = 0; ; ) {
      signal.throwIfAborted();
      try {
        const report = await this.#client.ask({ path: this.#path, signal });
        failures = 0;
        if (this.#take(readOperation(report))) return this.#latest;
      } catch (error) {
        signal.throwIfAborted();
        if (!isPassing(error) || ++failures >= FAILED_POLLS) throw this.#lost(error);
      }
      await delay(clock, POLL_MS, signal);
    }
  }

  get #path(): string {
    return `/update/${encodeURIComponent(this.#latest.id)}`;
  }

  /** @returns `ended` where another stream would not help. */
  async #listen(): Promise<'done' | 'ended' | 'broken'> {
    const { signal } = this.#options;
    try {
      for await (const { name, data } of this.#client.events(`${this.#path}/events`, signal)) {
        if (name !== 'operation' && name !== 'end') continue;
        if (this.#take(readOperation(JSON.parse(data)))) return 'done';
        if (name === 'end') return 'ended';
      }
      return 'broken';
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SyntaxError || isPassing(error)) return 'broken';
      // Servers before this one have no such stream.
      if (error instanceof Refusal && error.answer.status === 404) return 'ended';
      throw error;
    }
  }

  #take(operation: OperationView): boolean {
    this.#latest = operation;
    this.#options.onReport(operation);
    return this.#options.isDone(operation);
  }

  #lost(cause: unknown): unknown {
    const { id } = this.#latest;
    const { flags } = this.#client.address;
    const next = `"rerankd status${flags}" shows what serves.`;
    if (cause instanceof ConnectionFailure)
      return new CommandError(
        `lost sight of operation ${id}: ${cause.message}`,
        `It may go on. ${next}`,
        cause,
      );
    const isForgotten = cause instanceof Refusal && cause.answer.status === 404;
    if (!isForgotten) return cause;
    return new CommandError(
      `the server knows nothing of operation ${id} any more`,
      `Was it restarted? ${next}`,
      cause,
    );
  }
}

/** True for what may be over at the next attempt. */
function isPassing(error: unknown): boolean {
  if (error instanceof Refusal) return error.answer.status >= 500 || error.answer.status === 429;
  return error instanceof ConnectionFailure;
}
