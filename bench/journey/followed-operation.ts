import { ServerClient } from '../../src/commands/server/server-client.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { OperationReport } from '../../src/serving/operation/operation-report.ts';
import { epochMs } from './epoch.ts';

/** What was heard of an operation, and when, in milliseconds since 1970. */
export interface Sighting {
  readonly at: number;
  readonly phase: string;
  /** Bytes, steps or queries of the phase that are done. */
  readonly done: number | undefined;
}

interface Waiter {
  readonly isIt: (sighting: Sighting) => boolean;
  readonly resolve: (sighting: Sighting) => void;
}

/** An operation of the server that is followed by its events. */
export class FollowedOperation {
  readonly sightings: Sighting[] = [];
  /** Its last report. Rejects when it can't be followed any more. */
  readonly end: Promise<OperationReport>;
  readonly #client: ServerClient;
  readonly #id: string;
  readonly #waiters = new Set<Waiter>();

  private constructor(client: ServerClient, id: string, signal: AbortSignal) {
    this.#client = client;
    this.#id = id;
    this.end = this.#follow(signal);
    this.end.catch(() => {});
  }

  /** @param path /models or /update @throws Refusal, ConnectionFailure */
  static async begin(
    url: string,
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<FollowedOperation> {
    const address = { url, key: undefined, keyName: undefined, flags: '' } as const;
    const client = new ServerClient(address, systemClock);
    const headers = { prefer: 'respond-async' };
    const answer = await client.ask({ method: 'POST', path, body, headers, signal });
    const { operation } = answer as { operation: OperationReport };
    return new FollowedOperation(client, operation.id, signal);
  }

  /** Resolves at the first sighting, from the next one on, of which that is true. @throws Error when it ends before. */
  async sighting(isIt: (sighting: Sighting) => boolean): Promise<Sighting> {
    const { promise, resolve } = Promise.withResolvers<Sighting>();
    this.#waiters.add({ isIt, resolve });
    const ended = this.end.then(({ status, error }) => {
      throw new Error(`the operation ended too early: ${status}, ${error ?? 'without an error'}`);
    });
    return await Promise.race([promise, ended]);
  }

  async cancel(): Promise<void> {
    await this.#client.request({ method: 'DELETE', path: `/update/${this.#id}` });
    await this.end;
  }

  async #follow(signal: AbortSignal): Promise<OperationReport> {
    let last: OperationReport | undefined;
    for await (const { data } of this.#client.events(`/update/${this.#id}/events`, signal)) {
      last = JSON.parse(data) as OperationReport;
      this.#see({ at: epochMs(), phase: last.phase, done: last.progress?.done });
    }
    if (last === undefined || last.status === 'running')
      throw new Error('the events ended before the operation');
    return last;
  }

  #see(sighting: Sighting): void {
    this.sightings.push(sighting);
    for (const waiter of this.#waiters) {
      if (!waiter.isIt(sighting)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(sighting);
    }
  }
}
