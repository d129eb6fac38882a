import { z } from 'zod';
import { type Clock, delay } from '../../platform/clock.ts';
import { CommandError } from '../command-error.ts';
import type { Answer } from '../server/address.ts';
import { refusal } from '../server/failures.ts';
import type { ServerClient } from '../server/server-client.ts';
import { slices } from './slices.ts';

interface ServerScoring {
  readonly query: string;
  readonly documents: readonly string[];
  readonly clock: Clock;
  /** Told how many documents are scored. */
  readonly onProgress: (done: number) => void;
}

/** Below what a server takes from one request unless it is told otherwise. */
const SLICE = { documents: 1000, bytes: 4 * 2 ** 20 } as const;

const TIMEOUT_MS = 300_000;

/** A busy server is asked again so often. */
const ATTEMPTS = 6;
const LONGEST_PAUSE_SECONDS = 30;

/** So often everything is asked anew because the model was changed meanwhile. */
const RESTARTS = 3;

const answerSchema = z.object({ scores: z.array(z.number()) });

/**
 * Has a server score documents, in as many requests as it takes. All scores come from one model: if it is changed in between,
 * all are asked for again.
 * @returns a logit for each document.
 * @throws ConnectionFailure, Refusal, CommandError.
 */
export async function scoreAtServer(client: ServerClient, scoring: ServerScoring): Promise<Float32Array> {
  for (let round = 0; round <= RESTARTS; round++) {
    const logits = await scoreOnOneModel(client, scoring);
    if (logits !== undefined) return logits;
  }
  throw new CommandError(
    `the model of ${client.address.url} changed while the documents were scored, time and again`,
    'Try again when its updates are over; "rerankd status" shows them.',
  );
}

/** @returns undefined when the model has changed. */
async function scoreOnOneModel(
  client: ServerClient,
  { query, documents, clock, onProgress }: ServerScoring,
): Promise<Float32Array | undefined> {
  const logits = new Float32Array(documents.length);
  let digest: string | null | undefined;
  for (const { start, part } of slices(documents, SLICE)) {
    // The scores of all are in the answer, whatever `top_n` says; so the list of the best is short.
    const body = { query, documents: part, raw_scores: true, top_n: 1 };
    const answer = await patiently(client, body, clock);
    const scores = answerSchema.safeParse(answer.body).data?.scores;
    if (scores?.length !== part.length) {
      throw new CommandError(
        `${client.address.url} did not answer with a score for each document`,
        'Is this the address of a rerankd? --url says where it is.',
      );
    }
    const model = answer.headers.get('x-model-digest');
    if (digest !== undefined && model !== digest) return undefined;
    digest = model;
    logits.set(scores, start);
    onProgress(start + part.length);
  }
  return logits;
}

/** Asks again as long as the server says that it would help. */
async function patiently(client: ServerClient, body: object, clock: Clock): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await client.request({ method: 'POST', path: '/rerank', body, timeoutMs: TIMEOUT_MS });
    if (answer.status >= 200 && answer.status < 300) return answer;
    const isBusy = answer.status === 429 || answer.status === 503;
    if (!isBusy || attempt === ATTEMPTS) throw refusal(client.address, answer);
    const seconds = Number(answer.headers.get('retry-after')) || 1;
    await delay(clock, Math.min(Math.max(seconds, 0), LONGEST_PAUSE_SECONDS) * 1000);
  }
}
