import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Client, ErrorAnswer } from '../../../test/support/client.ts';

/** The parts of an operation's report that the experiments look at. Fields that a server does not have yet are undefined. */
export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly model: string;
  readonly status: string;
  readonly phase: string;
  readonly phases: readonly { readonly phase: string; readonly ms: number }[];
  readonly lock_held_ms: number | null;
  readonly held_requests?: number | null;
  readonly mode?: { readonly chosen: string; readonly why: string } | null;
  readonly memory?: { readonly before_bytes: number; readonly after_bytes: number } | null;
  readonly probation?: { readonly state: string; readonly reason: string | null } | null;
  readonly warnings?: readonly string[];
  readonly error: string | null;
}

/** What POST /update and POST /rollback answer: the first three when they succeed, the others when they don't. */
export interface UpdateAnswer extends Partial<ErrorAnswer> {
  readonly status?: string;
  readonly current_model?: string;
  readonly operation?: Operation;
  readonly report?: unknown;
}

const POLL_MS = 20;

const LONGEST_OPERATION_MS = 300_000;

/** Changes the model of one server, as an operator does. */
export class UpdateApi {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Waits for the outcome. */
  async update(model: string, options: object = {}): Promise<Answer<UpdateAnswer>> {
    return await this.#client.post<UpdateAnswer>('/update', { model_path: model, ...options });
  }

  async rollback(options: object = {}): Promise<Answer<UpdateAnswer>> {
    return await this.#client.post<UpdateAnswer>('/rollback', options);
  }

  /** Starts an update and does not wait for it. @throws Error when it is not taken on. */
  async begin(model: string, options: object = {}): Promise<Operation> {
    const body = { model_path: model, ...options };
    const answer = await this.#client.post<UpdateAnswer>('/update', body, { prefer: 'respond-async' });
    if (answer.status === 202 && answer.body.operation !== undefined) return answer.body.operation;
    throw new Error(`POST /update answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  async cancel(id: string): Promise<Answer<UpdateAnswer>> {
    return await this.#client.send<UpdateAnswer>('DELETE', `/update/${id}`);
  }

  async report(id: string): Promise<Operation> {
    const { status, body } = await this.#client.get<Operation>(`/update/${id}`);
    if (status === 200) return body;
    throw new Error(`GET /update/${id} answered ${status}: ${JSON.stringify(body)}`);
  }

  /** Waits for the end of an operation. @throws Error when it takes too long. */
  settled(id: string): Promise<Operation> {
    return this.#until(id, ({ status }) => status !== 'running' && status !== 'waiting');
  }

  /** Waits until it is known what became of its model on probation. @throws Error when it takes too long. */
  judged(id: string): Promise<Operation> {
    return this.#until(id, ({ probation }) => probation?.state !== 'running');
  }

  async #until(id: string, isThere: (report: Operation) => boolean): Promise<Operation> {
    const giveUpAt = performance.now() + LONGEST_OPERATION_MS;
    while (performance.now() < giveUpAt) {
      const report = await this.report(id);
      if (isThere(report)) return report;
      await delay(POLL_MS);
    }
    throw new Error(`operation ${id} did not end within ${LONGEST_OPERATION_MS / 1000} s`);
  }

  /** Waits until no operation runs, whoever began it. @throws Error when it takes too long. */
  async idle(): Promise<void> {
    const { body } = await this.#client.get<{ operation?: Operation | null }>('/info');
    if (body.operation != null) await this.settled(body.operation.id);
  }

  /** True while the model before is kept loaded. */
  async hasStandby(): Promise<boolean> {
    return (await this.#client.get<{ standby?: object | null }>('/info')).body.standby != null;
  }

  /** The model that serves now. */
  async current(): Promise<string> {
    return (await this.#client.info()).model_id ?? '';
  }
}
