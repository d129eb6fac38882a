import { describe, expect, it } from 'vitest';
import { queryAgreement } from '../../../src/model/agreement/query-agreement.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const logits = (...values: number[]): Float32Array => Float32Array.from(values);

describe('the agreement on one query', () => {
  it('looks at the whole order, at the best and at the better half', () => {
    // Of 15 pairs one is exchanged: the third and the fourth, so that the third is not among the best three.
    expect(queryAgreement(logits(6, 5, 4, 3, 2, 1), logits(60, 50, 30, 40, 20, 10), 10)).toEqual({
      kendallTau: 13 / 15,
      sameBest: true,
      topKOverlap: 2 / 3,
    });
  });

  it('looks at no more of the best than it is told to', () => {
    const [reference, candidate] = [logits(6, 5, 4, 3, 2, 1), logits(60, 50, 30, 40, 20, 10)];
    expect(queryAgreement(reference, candidate, 2).topKOverlap).toBe(1);
    expect(queryAgreement(reference, logits(5, 6, 4, 3, 2, 1), 1).topKOverlap).toBe(0);
  });

  it('compares the best one of two or three documents', () => {
    expect(queryAgreement(logits(2, 1), logits(1, 2), 10)).toEqual({
      kendallTau: -1,
      sameBest: false,
      topKOverlap: 0,
    });
    expect(queryAgreement(logits(3, 2, 1), logits(3, 1, 2), 10).topKOverlap).toBe(1);
  });

  it('finds the same best document when one of several best ones is', () => {
    expect(queryAgreement(logits(2, 2, 1), logits(3, 5, 4), 10).sameBest).toBe(true);
    expect(queryAgreement(logits(2, 2, 1), logits(3, 4, 5), 10).sameBest).toBe(false);
    expect(queryAgreement(logits(2, 2, 1, 0), logits(1, 0, 2, 2), 10).sameBest).toBe(false);
  });

  it('breaks ties at the border like the server, in the order of the documents', () => {
    expect(queryAgreement(logits(3, 2, 2, 1), logits(4, 1, 3, 2), 10).topKOverlap).toBe(1 / 2);
    expect(queryAgreement(logits(3, 2, 2, 1), logits(4, 3, 1, 2), 10).topKOverlap).toBe(1);
  });

  it('finds agreement when both models tell nothing apart', () => {
    expect(queryAgreement(logits(1, 1, 1), logits(-7, -7, -7), 10)).toEqual({
      kendallTau: 1,
      sameBest: true,
      topKOverlap: 1,
    });
    expect(queryAgreement(logits(1), logits(2), 10)).toEqual({
      kendallTau: 1,
      sameBest: true,
      topKOverlap: 1,
    });
  });

  it('finds none when only one of them does, although all documents are the best then', () => {
    const [flat, varied] = [logits(1, 1, 1, 1), logits(1, 2, 3, 4)];
    for (const agreement of [queryAgreement(flat, varied, 10), queryAgreement(varied, flat, 10)]) {
      expect(agreement).toEqual({ kendallTau: 0, sameBest: false, topKOverlap: 0 });
    }
  });

  it('puts a NaN last', () => {
    expect(queryAgreement(logits(3, 2, 1), logits(3, 2, nan), 10).kendallTau).toBe(1);
    expect(queryAgreement(logits(3, 2, 1), logits(nan, 2, 1), 10)).toEqual({
      kendallTau: -1 / 3,
      sameBest: false,
      topKOverlap: 0,
    });
    expect(queryAgreement(logits(nan, nan), logits(nan, nan), 10).kendallTau).toBe(1);
    expect(queryAgreement(logits(2, 1), logits(nan, nan), 10).kendallTau).toBe(0);
  });

  it('puts infinities where they belong', () => {
    expect(queryAgreement(logits(3, 2, 1), logits(infinity, 2, -infinity), 10)).toEqual({
      kendallTau: 1,
      sameBest: true,
      topKOverlap: 1,
    });
  });

  it('takes more documents than a call can have arguments', () => {
    const many = Float32Array.from({ length: 300_000 }, (_, index) => index);
    expect(queryAgreement(many, many, 10)).toEqual({ kendallTau: 1, sameBest: true, topKOverlap: 1 });
  });
});
