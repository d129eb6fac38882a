import type { Client } from '../support/client.ts';

export interface SwapsUnderLoad {
  readonly client: Client;
  /** References to take turns; the first one serves when it begins, and when it is over if there is an even number of swaps. */
  readonly models: readonly [string, string];
  readonly swaps: number;
  /** Clients that ask one request after the other. */
  readonly clients: number;
  readonly documents: readonly string[];
}

export interface SwapFindings {
  readonly requests: number;
  /** What was answered instead of scores, or an update's failure. */
  readonly failures: readonly string[];
  /** Modes of the swaps, in their order. */
  readonly modes: readonly string[];
}

/** Swaps beside and hold in turn while clients ask without a pause. */
export async function swapUnderLoad(plan: SwapsUnderLoad): Promise<SwapFindings> {
  const { client, models, swaps, clients, documents } = plan;
  const failures: string[] = [];
  const modes: string[] = [];
  let requests = 0;
  const over = new AbortController();
  const ask = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const answer = await client
        .post<{ scores?: number[] }>('/rerank', { query: 'what is it?', documents })
        .catch((error: Error) => ({ status: 0, body: error.message }));
      requests++;
      if (answer.status !== 200) failures.push(`${answer.status}: ${JSON.stringify(answer.body)}`);
    }
  };
  const load = Array.from({ length: clients }, ask);
  for (let swap = 1; swap <= swaps; swap++) {
    const mode = swap % 2 === 1 ? 'beside' : 'hold';
    const { status, body } = await client.post<{ operation?: { mode: { chosen: string } | null } }>(
      '/update',
      {
        model_path: models[swap % 2],
        mode,
      },
    );
    const chosen = body.operation?.mode?.chosen;
    if (status === 200 && chosen !== undefined) modes.push(chosen);
    else failures.push(`swap ${swap}, ${mode}: ${status}: ${JSON.stringify(body)}`);
  }
  over.abort();
  await Promise.all(load);
  return { requests, failures, modes };
}
