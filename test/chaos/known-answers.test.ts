import { describe, expect, it } from 'vitest';
import { KnownAnswers } from '../../scripts/chaos/load/known-answers.ts';
import type { Reranked } from '../support/client.ts';

const ONE = { reference: 'local://one', digest: 'sha256:1', scores: [[0.5, 2]] };
const TWO = { reference: 'local://two', digest: 'sha256:2', scores: [[0.7, -1]] };

interface Given {
  readonly model?: string;
  readonly digest?: string;
  readonly requestId?: string;
  readonly id?: string;
  readonly scores?: readonly number[];
  readonly results?: readonly { index: number; relevance_score: number }[];
}

function faultOf(given: Given): string | undefined {
  const answers = new KnownAnswers();
  answers.add(ONE);
  answers.add(TWO);
  const { model = ONE.reference, digest = ONE.digest, requestId = 'r', id = 'r', scores = [0.5, 2] } = given;
  const ranked = scores.map((relevance_score, index) => ({ index, relevance_score }));
  const headers = new Headers({ 'x-model': model, 'x-model-digest': digest, 'x-request-id': requestId });
  const body = { id, model: ONE.reference, scores, results: given.results ?? ranked } as unknown as Reranked;
  return answers.findFault(0, 'r', headers, body);
}

describe('KnownAnswers', () => {
  it('finds nothing wrong with the answer that the named model gives, up to the last bits', () => {
    expect(faultOf({})).toBeUndefined();
    expect(faultOf({ scores: [0.500001, 2] })).toBeUndefined();
  });

  it.each<[string, Given, RegExp]>([
    [
      'a score of the other model',
      { scores: [0.5, -1] },
      /not those of local:\/\/one; some are those of local:\/\/two/,
    ],
    ['a score that is off', { scores: [0.5, 2.1] }, /not those of local:\/\/one/],
    ['a score too many', { scores: [0.5, 2, 3] }, /3 scores/],
    ['a digest that nobody knows', { digest: 'sha256:3' }, /must not serve now/],
    ['headers that contradict each other', { digest: TWO.digest }, /the digest is that of local:\/\/two/],
    [
      'a body that names another model',
      { model: TWO.reference, digest: TWO.digest },
      /the body local:\/\/one/,
    ],
    ['the answer to another request', { requestId: 'other' }, /got the answer to other/],
    ['the body of another answer', { id: 'other' }, /in the body: other/],
    ['a ranking with other scores', { results: [{ index: 0, relevance_score: 9 }] }, /don't say the same/],
    ['a ranking without a document', { results: [{ index: 0, relevance_score: 0.5 }] }, /don't say the same/],
  ])('sees %s', (_, given, fault) => {
    expect(faultOf(given)).toMatch(fault);
  });

  it('does not accept two models that some request can not tell apart', () => {
    const answers = new KnownAnswers();
    answers.add(ONE);
    answers.add({ ...TWO, scores: ONE.scores });
    expect(() => answers.requireDistinct()).toThrow(/answer the same to request 0/);
  });
});
