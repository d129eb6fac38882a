import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Client, PreparedRequest } from '../../serve/load/client.ts';
import { epochMs } from '../epoch.ts';
import type { LoadReport, ModelAnswer, Sample } from './protocol.ts';

/** Between two looks at the clock; requests that are due together go out together. */
const TICK_MS = 1;

/** How long the last answers are waited for. */
const PATIENCE_MS = 30_000;

export interface SteadyLoad {
  readonly requestsPerSecond: number;
  readonly keepsAnswers: boolean;
  /** Ends the load. */
  readonly stop: AbortSignal;
}

/**
 * Sends at an even pace and never waits for an answer before the next request. Every request is kept with its time, so that the
 * parts of the run can be told apart afterwards: the load knows nothing of them, and so has no seams between them.
 */
export async function runSteadyLoad(
  client: Client,
  requests: readonly PreparedRequest[],
  { requestsPerSecond, keepsAnswers, stop }: SteadyLoad,
): Promise<LoadReport> {
  const samples: Sample[] = [];
  const underWay = new Set<Promise<void>>();
  const send = async (request: number): Promise<void> => {
    const at = epochMs();
    const answer = await client.ask(requests[request] as PreparedRequest);
    samples.push(sampleOf(at, request, answer, keepsAnswers));
  };
  const startedAt = performance.now();
  for (let sent = 0; !stop.aborted; ) {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * requestsPerSecond) + 1;
    for (; sent < due; sent++) {
      const one = send(sent % requests.length);
      underWay.add(one);
      void one.finally(() => underWay.delete(one));
    }
    await delay(TICK_MS);
  }
  await Promise.race([Promise.all(underWay), delay(PATIENCE_MS)]);
  return { samples, unanswered: underWay.size };
}

function sampleOf(at: number, request: number, answer: Answer, keepsAnswers: boolean): Sample {
  const { latencyMs, fault } = answer;
  return { at, latencyMs, request, fault, answer: keepsAnswers && !fault ? answerOf(answer) : undefined };
}

function answerOf({ headers, content }: Answer): ModelAnswer {
  const { scores } = JSON.parse(content) as { scores: number[] };
  return { digest: String(headers['x-model-digest']), scores };
}
