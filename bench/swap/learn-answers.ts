import type { ExpectedAnswer, LoadCase } from './load/protocol.ts';
import { requestSet } from './request-set.ts';
import type { ServerApi } from './server/server-api.ts';

/**
 * Asks both models for their answers to every request of the set, while nothing else runs. The first model serves before and
 * after.
 * @throws Error when the two can't be told apart by their answers.
 */
export async function learnAnswers(api: ServerApi, models: readonly [string, string]): Promise<LoadCase[]> {
  const bodies = requestSet().map((request) => JSON.stringify(request));
  const [first, second] = models;
  const byFirst = await askAll(api, bodies);
  await api.update(second);
  const bySecond = await askAll(api, bodies);
  await api.update(first);
  return bodies.map((body, index) => {
    const answers = { [first]: at(byFirst, index), [second]: at(bySecond, index) };
    if (String(at(byFirst, index).scores) === String(at(bySecond, index).scores)) {
      throw new Error(`${first} and ${second} answer the same to request ${index}: a mix-up would not show`);
    }
    return { id: idOf(index), body, answers };
  });
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
