import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Client } from '../../../test/support/client.ts';
import { type KnownAnswers, type LoadRequest, learnModel } from '../load/known-answers.ts';
import type { SteadyLoad } from '../load/steady-load.ts';
import type { UpdateAnswer, UpdateApi } from '../server/update-api.ts';
import type { Candidate, Expectation } from './candidate.ts';

/** The server, the load on it, and where candidates are written. */
export interface Bench {
  readonly client: Client;
  readonly api: UpdateApi;
  readonly modelsDirectory: string;
  readonly answers: KnownAnswers;
  readonly load: SteadyLoad;
  readonly requests: readonly LoadRequest[];
  /** The model that serves, and must serve after every candidate. */
  readonly good: string;
  readonly signal: AbortSignal;
}

/** A provisional model has so long to be found out. */
const FOUND_OUT_WITHIN_MS = 60_000;
const POLL_MS = 50;

const PROBATION = { requests: 100_000, seconds: 120 };

/** What became of one candidate. */
export interface Trial {
  /** What was not as it must be. */
  readonly faults: readonly string[];
  /** The server's words. */
  readonly said: string;
}

/** Offers one candidate to the server. */
export async function tryCandidate(bench: Bench, candidate: Candidate, number: number): Promise<Trial> {
  const name = `candidate-${number}`;
  const directory = join(bench.modelsDirectory, name);
  const reference = `local://${name}`;
  await candidate.write(directory);
  const over = new AbortController();
  const beside = candidate.meanwhile?.(directory, over.signal);
  const { expected } = candidate;
  if (expected.outcome !== 'refused') bench.answers.tolerated.add(reference);
  try {
    const probation = expected.outcome === 'rolled back' ? PROBATION : false;
    const answer = await bench.api.update(reference, { probation, ...candidate.options });
    over.abort();
    await beside;
    const faults = await judge(bench, expected, reference, answer);
    // Whoever still held on to the candidate has let go after as many answers as there are connections, and some.
    await bench.load.more(20, bench.signal);
    const serves = await bench.api.current();
    if (serves !== bench.good) faults.push(`${serves} serves afterwards`);
    return { faults, said: `${answer.status} ${answer.body.error_type ?? ''}: ${answer.body.message ?? ''}` };
  } finally {
    over.abort();
    bench.answers.tolerated.delete(reference);
    await rm(directory, { recursive: true, force: true });
  }
}

async function judge(
  bench: Bench,
  expected: Expectation,
  reference: string,
  answer: Answer<UpdateAnswer>,
): Promise<string[]> {
  if (expected.outcome === 'refused') return judgeRefusal(expected, answer);
  if (expected.outcome === 'harmless') return await judgeHarm(bench, answer);
  if (answer.status !== 200)
    return [`it was refused before anything was seen of it: ${JSON.stringify(answer.body)}`];
  return await judgeProbation(bench, expected, reference, answer.body.operation?.id ?? '');
}

function judgeRefusal(
  { errorTypes, says }: Extract<Expectation, { outcome: 'refused' }>,
  { status, body }: Answer<UpdateAnswer>,
): string[] {
  if (status === 200) return ['it was taken'];
  const words = `${body.message} ${body.detail}`;
  const faults: string[] = [];
  if (!errorTypes.includes(body.error_type ?? '')) faults.push(`error_type ${body.error_type}: ${words}`);
  else if (!says.test(words)) faults.push(`it does not say ${says}: ${words}`);
  return faults;
}

/** Refused is fine. What was taken gives the same scores from every engine that ever loads it. */
async function judgeHarm(bench: Bench, { status, body }: Answer<UpdateAnswer>): Promise<string[]> {
  if (status !== 200) {
    return body.error_type === 'internal' ? [`error_type internal: ${JSON.stringify(body)}`] : [];
  }
  const faults: string[] = [];
  const before = await learnModel(bench.client, bench.requests);
  const { engines } = await bench.client.info();
  for (const pid of engines.processes) process.kill(pid, 'SIGKILL');
  const after = await learnModel(bench.client, bench.requests);
  if (String(before.scores) !== String(after.scores))
    faults.push('its scores changed when its engines were started again');
  const back = await bench.api.rollback();
  if (back.status !== 200) faults.push(`no way back: ${JSON.stringify(back.body)}`);
  return faults;
}

async function judgeProbation(
  bench: Bench,
  { reason, provokedBy }: Extract<Expectation, { outcome: 'rolled back' }>,
  reference: string,
  id: string,
): Promise<string[]> {
  const giveUpAt = performance.now() + FOUND_OUT_WITHIN_MS;
  for (let turn = 0; (await bench.api.current()) === reference; turn++) {
    if (performance.now() > giveUpAt) {
      await bench.api.rollback();
      return [`${FOUND_OUT_WITHIN_MS / 1000} s of requests that it fails on, and it still served`];
    }
    const document = provokedBy[turn % provokedBy.length] ?? '';
    // Whatever comes back: these are the requests that it is found out by.
    await bench.client.post('/rerank', { query: 'ship', documents: [`${turn} ${document}`] });
    await delay(POLL_MS);
  }
  const faults: string[] = [];
  const { probation } = await bench.api.judged(id);
  if (probation?.state !== 'rolled_back')
    faults.push(`its operation says probation ${JSON.stringify(probation)}`);
  else if (!reason.test(probation.reason ?? ''))
    faults.push(`it does not say ${reason}: ${probation.reason}`);
  await bench.api.idle();
  const again = await bench.api.update(reference);
  if (again.status === 200) {
    faults.push('it was taken again, although it had been rolled back');
    await bench.api.rollback();
  } else if (!/quarantine/i.test(`${again.body.message} ${again.body.detail}`)) {
    faults.push(`it was refused the second time, but not as quarantined: ${JSON.stringify(again.body)}`);
  }
  return faults;
}
