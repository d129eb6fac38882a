import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import { type ProbeQuery, readProbeSet, shippedProbeSet } from '../../../src/model/agreement/probe-set.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const set: readonly [ProbeQuery, ProbeQuery] = [
  { query: 'one', documents: ['a', ''] },
  { query: 'two', documents: ['b', 'c', 'd'] },
];

async function written(content: string | Uint8Array, name = 'probes.json'): Promise<string> {
  const path = join(await temporaryDirectory(), name);
  await writeFile(path, content);
  return path;
}

/** The message with which a file is refused, its path left out. */
async function refusal(content: string | Uint8Array, name?: string): Promise<string> {
  const path = await written(content, name);
  const error = await readProbeSet(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ServiceError)) throw new Error(`not refused by a ServiceError: ${String(error)}`);
  expect(error.type).toBe('invalid_request');
  expect(error.message).toContain(path);
  return error.message.replace(path, 'FILE');
}

const used = "the probe set FILE can't be used: ";
const read = "the probe set FILE can't be read: ";

describe('a probe set of a file', () => {
  it('may be a list, an object with queries, or JSON Lines', async () => {
    const lines = set.map((query) => JSON.stringify(query));
    for (const content of [
      JSON.stringify(set),
      JSON.stringify(set, null, 2),
      JSON.stringify({ queries: set }),
      JSON.stringify({ name: 'mine', queries: set }, null, 2),
      lines.join('\n'),
      `\uFEFF\n${lines.join('\r\n\r\n')}\r\n  \n`,
    ]) {
      expect(await readProbeSet(await written(content))).toEqual(set);
    }
  });

  it('may be a single line', async () => {
    expect(await readProbeSet(await written(JSON.stringify(set[0])))).toEqual([set[0]]);
  });

  it('may have line separators inside strings of JSON Lines', async () => {
    const query = { query: 'a\u2028b', documents: ['c', 'd'] };
    expect(await readProbeSet(await written(`${JSON.stringify(query)}\n${JSON.stringify(query)}`))).toEqual([
      query,
      query,
    ]);
  });

  it('may say more about a query, which is left out', async () => {
    expect(await readProbeSet(await written(JSON.stringify([{ ...set[0], id: 7, grades: [1, 0] }])))).toEqual(
      [set[0]],
    );
  });

  it('is refused with the place of what is wrong', async () => {
    const query = (documents: unknown) => JSON.stringify([set[0], { query: 'q', documents }]);
    expect(await refusal(query(['a', 7]))).toBe(`${used}[1].documents[1] must be a string`);
    expect(await refusal(query(['a']))).toBe(
      `${used}[1].documents must have at least 2 documents, or there is no order to compare`,
    );
    expect(await refusal(query('a'))).toBe(`${used}[1].documents must be a list of strings`);
    expect(await refusal(JSON.stringify({ queries: [{ query: '', documents: ['a', 'b'] }] }))).toBe(
      `${used}queries[0].query must not be empty`,
    );
    expect(await refusal('[7]')).toBe(`${used}[0] must be an object {"query": "…", "documents": ["…", "…"]}`);
    expect(await refusal(JSON.stringify({ queries: 7 }))).toBe(`${used}"queries" must be a list`);
    expect(await refusal('"text"')).toBe(`${used}it must be a list of {query, documents}`);
    expect(await refusal('null')).toBe(`${used}it must be a list of {query, documents}`);
  });

  it('is refused with the line of what is wrong', async () => {
    const good = JSON.stringify(set[0]);
    expect(await refusal(`${good}\n\n{"query": "q"}`)).toBe(
      `${used}line 3: documents must be a list of strings`,
    );
    expect(await refusal(`${good}\n[]`)).toBe(
      `${used}line 2 must be an object {"query": "…", "documents": ["…", "…"]}`,
    );
    expect(await refusal(`${good}\n{"query"`)).toContain(`${used}line 2: it is not JSON: `);
    expect(await refusal(`{"query"\n${good}`, 'probes.jsonl')).toContain(`${used}line 1: it is not JSON: `);
  });

  it('is refused with five problems at most', async () => {
    const documents = Array.from({ length: 1000 }, () => 7);
    const message = await refusal(JSON.stringify([{ query: 'q', documents }]));
    expect(message.match(/must be a string/g)).toHaveLength(5);
    expect(message).toMatch(/; and 995 more$/);
  });

  it('is refused when it is empty, or not text', async () => {
    expect(await refusal('[]')).toBe(`${used}there are no queries in it`);
    expect(await refusal('\n', 'probes.jsonl')).toBe(`${used}there are no queries in it`);
    expect(await refusal('')).toContain(`${used}it is not JSON`);
    expect(await refusal(Buffer.from([0x5b, 0xff, 0x5d]))).toBe(`${read}it is not UTF-8 text`);
  });

  it('is refused when it is beyond the bounds', async () => {
    const queries = (count: number) => Array.from({ length: count }, () => set[0]);
    expect(await refusal(JSON.stringify(queries(10_001)))).toBe(
      `${used}it has 10001 queries; at most 10000 are taken`,
    );
    const lines = queries(10_001).map((query) => JSON.stringify(query));
    expect(await refusal(lines.join('\n'))).toBe(`${used}it has more than 10000 queries`);
    expect(await readProbeSet(await written(lines.slice(1).join('\n')))).toHaveLength(10_000);

    const documents = (count: number) => [
      { query: 'q', documents: Array.from({ length: count }, () => 'd') },
    ];
    expect(await refusal(JSON.stringify(documents(1001)))).toBe(
      `${used}[0].documents must have at most 1000 documents`,
    );
    expect(await readProbeSet(await written(JSON.stringify(documents(1000))))).toHaveLength(1);

    const tooLong = Buffer.alloc(64 * 2 ** 20 + 1, ' ');
    expect(await refusal(tooLong)).toBe(`${read}it has 67108865 bytes; at most 67108864 are read`);
  });

  it('is refused when it is not there, or not a file', async () => {
    const directory = await temporaryDirectory();
    await expect(readProbeSet(directory)).rejects.toMatchObject({
      type: 'invalid_request',
      message: `the probe set ${directory} can't be read: it is not a regular file`,
    });
    const missing = join(directory, 'missing.json');
    await expect(readProbeSet(missing)).rejects.toMatchObject({
      type: 'invalid_request',
      message: expect.stringContaining(`the probe set ${missing} can't be read: ENOENT`),
    });
  });
});

describe('the shipped probe set', () => {
  const shipped = shippedProbeSet();
  const documents = shipped.flatMap((query) => query.documents);

  it('is a probe set as one may write it oneself', async () => {
    const path = fileURLToPath(
      new URL('../../../src/model/agreement/shipped-probe-set.json', import.meta.url),
    );
    expect(await readProbeSet(path)).toEqual(shipped);
  });

  it('is large enough to tell models apart, and small enough to ship', () => {
    expect(shipped.length).toBeGreaterThanOrEqual(50);
    expect(shipped.filter((query) => query.documents.length < 8 || query.documents.length > 12)).toEqual([]);
    expect(Buffer.byteLength(JSON.stringify(shipped, null, 2))).toBeLessThanOrEqual(60_000);
  });

  it('asks nothing twice, and offers no passage twice for one query', () => {
    expect(new Set(shipped.map(({ query }) => query)).size).toBe(shipped.length);
    expect(shipped.filter((query) => new Set(query.documents).size < query.documents.length)).toEqual([]);
  });

  it('has queries in many scripts, and code', () => {
    for (const script of [
      /\p{Script=Han}/u,
      /\p{Script=Hiragana}/u,
      /\p{Script=Cyrillic}/u,
      /\p{Script=Arabic}/u,
    ]) {
      expect(shipped.filter(({ query }) => script.test(query)).length).toBeGreaterThanOrEqual(2);
    }
    expect(shipped.filter(({ query }) => /\p{Script=Devanagari}/u.test(query)).length).toBeGreaterThanOrEqual(
      2,
    );
    expect(documents.filter((text) => /\n {2}|[;{]$/m.test(text)).length).toBeGreaterThanOrEqual(5);
  });

  it('has passages of a word and of more than a hundred', () => {
    const words = documents.map((text) => text.split(/\s+/).length);
    expect(Math.min(...words)).toBe(1);
    expect(Math.max(...words)).toBeGreaterThan(100);
    expect(Math.max(...words)).toBeLessThanOrEqual(120);
  });
});
