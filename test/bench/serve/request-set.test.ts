import { describe, expect, it } from 'vitest';
import { constantLength } from '../../../bench/serve/workload/random-lengths.ts';
import { requestSet } from '../../../bench/serve/workload/request-set.ts';

const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];

describe('requestSet', () => {
  const shape = { requests: 4, documents: 3, lengths: constantLength(128) };

  it('makes pairs of the wanted length, special tokens included', () => {
    for (const { query, documents } of requestSet(words, shape, 'test')) {
      expect(documents).toHaveLength(3);
      for (const document of documents) expect(`${query} ${document}`.split(' ')).toHaveLength(128 - 4);
    }
  });

  it('repeats no document', () => {
    const documents = requestSet(words, shape, 'test').flatMap((request) => request.documents);
    expect(new Set(documents).size).toBe(documents.length);
  });

  it('is the same for the same name', () => {
    expect(requestSet(words, shape, 'test')).toEqual(requestSet(words, shape, 'test'));
    expect(requestSet(words, shape, 'test')).not.toEqual(requestSet(words, shape, 'other'));
  });

  it('has at least one word in a document', () => {
    const [request] = requestSet(words, { ...shape, lengths: constantLength(1) }, 'test');
    expect(request?.documents[0]).toMatch(/^\w+$/);
  });
});
