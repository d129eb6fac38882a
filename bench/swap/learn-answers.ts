import { multilingualRequests } from '../../scripts/measuring/multilingual-requests.ts';
import type { ExpectedAnswer, LoadCase } from './load/protocol.ts';
import type { ServerApi } from './server/server-api.ts';

export interface Telling {
  /** How far scores of one model may lie apart: those of the two must differ by more. */
  readonly tolerance: number;
  /** Takes requests that both models answer alike: a mix-up of them would not show. */
  readonly takesAll: boolean;
}

/** Of all requests, those that tell the models apart. Scores of a single document may be close by chance. */
const LEAST_SHARE = 0.5;

/**
 * Asks both models for their answers to every request of the set, while nothing else runs. The first model serves before and
 * after.
 * @returns the requests that tell the two apart
 * @throws Error when there are too few of them.
 */
export async function learnAnswers(
  api: ServerApi,
  models: readonly [string, string],
  { tolerance, takesAll }: Telling,
): Promise<LoadCase[]> {
  const bodies = multilingualRequests().map((request) => JSON.stringify(request));
  const [first, second] = models;
  const byFirst = await askAll(api, bodies);
  await api.update(second);
  const bySecond = await askAll(api, bodies);
  await api.update(first);
  const cases = bodies.flatMap((body, index) => {
    const answers = { [first]: at(byFirst, index), [second]: at(bySecond, index) };
    const tells = takesAll || differ(at(byFirst, index).scores, at(bySecond, index).scores, tolerance);
    return tells ? [{ id: idOf(index), body, answers }] : [];
  });
  if (cases.length >= LEAST_SHARE * bodies.length) return cases;
  throw new Error(
    `${first} and ${second} answer the same to ${bodies.length - cases.length} of ${bodies.length} requests: a mix-up would not show`,
  );
}

function differ(first: readonly number[], second: readonly number[], tolerance: number): boolean {
  return first.some((score, index) => Math.abs(score - (second[index] ?? Number.NaN)) > tolerance);
}

async function askAll(api: ServerApi, bodies: readonly string[]): Promise<ExpectedAnswer[]> {
  const answers: ExpectedAnswer[] = [];
  for (const [index, body] of bodies.entries()) {
    const { digest, body: answer, scores } = await api.rerank(body, idOf(index));
    answers.push({ digest, body: answer, scores });
  }
  return answers;
}

function idOf(index: number): string {
  return `case-${index}`;
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`there is no item ${index}`);
  return item;
}
