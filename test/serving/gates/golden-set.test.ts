import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import { parseGoldenSet, readGoldenSet } from '../../../src/serving/gates/golden-set.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const query = { query: 'q', documents: ['a', 'b', 'c'] };

/** The message with which a set is refused, less what is the same for all of them. */
function refusal(content: unknown): string {
  try {
    parseGoldenSet(typeof content === 'string' ? content : JSON.stringify(content), 'FILE');
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    expect(error.type).toBe('invalid_request');
    expect(error.detail).toContain('"order"');
    const start = "the golden set FILE can't be used: ";
    expect(error.message.slice(0, start.length)).toBe(start);
    return error.message.slice(start.length);
  }
  throw new Error('it was not refused');
}

const refusalOf = (changes: object) => refusal({ queries: [{ ...query, ...changes }] });

describe('a golden set', () => {
  it('has queries with the order, the scores or the logits that are expected', () => {
    const queries = [
      { ...query, order: [2, 0, 1] },
      { ...query, scores: [0.1, 0, 1], tolerance: 0 },
      { query: 'one', documents: ['a'], logits: [-3.5] },
    ];
    expect(parseGoldenSet(JSON.stringify({ queries }), 'FILE')).toEqual({
      name: 'FILE',
      queries: [
        { ...queries[0], tolerance: 0.02 },
        { ...queries[1], tolerance: 0 },
        { ...queries[2], tolerance: 0.02 },
      ],
    });
  });

  it('may have a tolerance of its own, and say more', () => {
    const set = { about: 'mine', tolerance: 0.5, queries: [{ ...query, id: 7, order: [0, 1, 2] }] };
    expect(parseGoldenSet(JSON.stringify(set), 'FILE').queries).toEqual([
      { ...query, order: [0, 1, 2], tolerance: 0.5 },
    ]);
  });

  it('is refused with the place of what is wrong', () => {
    expect(refusal('{"queries"')).toMatch(/^it is not JSON: /);
    expect(refusal([])).toBe('it must be an object {"queries": […]}');
    expect(refusal({ queries: 7 })).toBe('queries must be a list');
    expect(refusal({ queries: [] })).toBe('there are no queries in it');
    expect(refusal({ tolerance: -1, queries: [] })).toBe('tolerance must not be negative');
    expect(refusal({ queries: [{ ...query, order: [0, 1, 2] }, 7] })).toMatch(
      /^queries\[1\] must be an object \{"query"/,
    );
    expect(refusalOf({})).toBe('queries[0] must have order, scores or logits');
    expect(refusalOf({ order: [0, 1, 2], query: '' })).toBe('queries[0].query must not be empty');
    expect(refusalOf({ order: [], documents: [] })).toBe('queries[0].documents must not be empty');
    expect(refusalOf({ order: [0, 1, 2], documents: ['a', 7, 'c'] })).toBe(
      'queries[0].documents[1] must be a string',
    );
    expect(refusalOf({ order: 'first' })).toBe('queries[0].order must be a list of indices');
    expect(refusalOf({ order: [0, 0.5, 1] })).toBe('queries[0].order[1] must be the index of a document');
    expect(refusalOf({ scores: [0, 1.5, 1] })).toBe('queries[0].scores[1] must be from 0 to 1');
    expect(refusalOf({ logits: [0, null, 1] })).toBe('queries[0].logits[1] must be a finite number');
    expect(refusalOf({ logits: [1, 2, 3], tolerance: '1' })).toBe(
      'queries[0].tolerance must be a finite number',
    );
  });

  it.each([
    [[0, 1, 1], 'must name every document once, by its index from 0 to 2'],
    [[1, 2, 3], 'must name every document once, by its index from 0 to 2'],
    [[-1, 0, 1], 'must name every document once, by its index from 0 to 2'],
  ])('is refused with the order %j', (order, message) => {
    expect(refusalOf({ order })).toBe(`queries[0].order ${message}`);
  });

  it('is refused when there are more or fewer values than documents', () => {
    const many = 'must be as many as there are documents: 3, not 2';
    expect(refusalOf({ scores: [0, 1] })).toBe(`queries[0].scores ${many}`);
    expect(refusalOf({ logits: [0, 1] })).toBe(`queries[0].logits ${many}`);
    expect(refusalOf({ order: [0, 1] })).toBe(`queries[0].order ${many}`);
  });

  it('is refused when it is beyond the bounds, with few problems', () => {
    const list = <T>(length: number, value: T) => Array.from({ length }, () => value);
    expect(refusal({ queries: list(1001, query) })).toBe('it has 1001 queries; at most 1000 are taken');
    expect(refusalOf({ documents: list(1001, 7), scores: [] })).toBe(
      'queries[0].documents must have at most 1000 of them',
    );
    expect(refusalOf({ scores: list(1001, '') })).toBe('queries[0].scores must have at most 1000 of them');
    expect(refusalOf({ scores: list(1000, '') })).toMatch(/; and 995 more$/);
    const most = { query: 'q', documents: list(1000, 'd'), scores: list(1000, 0) };
    expect(parseGoldenSet(JSON.stringify({ queries: [most] }), 'FILE').queries).toHaveLength(1);
  });

  it('is read from a file of a bounded size', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'golden.json');
    await expect(readGoldenSet(path, 'MINE')).rejects.toMatchObject({
      type: 'invalid_request',
      message: expect.stringContaining("the golden set MINE can't be read: ENOENT"),
    });
    await writeFile(path, `\uFEFF${JSON.stringify({ queries: [{ ...query, order: [0, 1, 2] }] })}`);
    expect((await readGoldenSet(path, 'MINE')).queries).toHaveLength(1);
    await writeFile(path, Buffer.alloc(64 * 2 ** 20 + 1, ' '));
    await expect(readGoldenSet(path, 'MINE')).rejects.toThrow('at most 67108864 are read');
  });
});
