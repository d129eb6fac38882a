import { expect } from 'vitest';
import type { OperationReport } from '../../src/serving/operation/operation-report.ts';
import type { Answer, Client } from './client.ts';
import { type OperationEvent, operationEvents } from './event-stream.ts';
import { signalAll, tokenizersOf } from './processes.ts';
import { until } from './until.ts';

/** What POST /update and POST /rollback answer when they succeed. */
export interface Changed {
  readonly status: string;
  readonly current_model: string;
  readonly previous_model: string | null;
  readonly operation: OperationReport;
}

const PREFER_ASYNC = { prefer: 'respond-async' };

/** Asks a server in this process to change its model to `local://demo-next`, or to what the body says, and follows that. */
export class Updates {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  ask(body: object = {}, headers: Record<string, string> = {}): Promise<Answer<Changed>> {
    return this.#client.post<Changed>('/update', { model_path: 'local://demo-next', ...body }, headers);
  }

  /** Does not wait for what comes of it. */
  async begin(body: object = {}, headers: Record<string, string> = {}): Promise<OperationReport> {
    const answer = await this.ask(body, { ...PREFER_ASYNC, ...headers });
    expect(answer.status).toBe(202);
    return answer.body.operation;
  }

  /**
   * Starts an update and has the new model's tokenizer stand still, so that it gets no further than its load.
   * @returns its report, and the processes that stand still.
   */
  async beginStuck(body: object = {}): Promise<OperationReport & { readonly stuck: number[] }> {
    const old = await tokenizersOf(process.pid);
    const report = await this.begin(body);
    const stuck = await until('the new model loads', async () => {
      const fresh = (await tokenizersOf(process.pid)).filter((pid) => !old.includes(pid));
      return fresh.length > 0 && fresh;
    });
    signalAll(stuck, 'SIGSTOP');
    return { ...report, stuck };
  }

  async report(id: string): Promise<OperationReport> {
    return (await this.#client.get<OperationReport>(`/update/${id}`)).body;
  }

  /** Its report when it is no longer waiting or running. */
  ended(id: string): Promise<OperationReport> {
    return until('the operation ends', async () => {
      const report = await this.report(id);
      return report.status !== 'waiting' && report.status !== 'running' && report;
    });
  }

  cancel(id: string): Promise<Answer<OperationReport>> {
    return this.#client.send<OperationReport>('DELETE', `/update/${id}`);
  }

  events(id: string): AsyncGenerator<OperationEvent> {
    return operationEvents(`${this.#client.url}/update/${id}/events`);
  }
}

export function phasesOf({ phases }: OperationReport): string[] {
  return phases.map(({ phase }) => phase);
}
