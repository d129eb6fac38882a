import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseScore, scoreRequest, scoreResponse } from '../../../src/http/dialects/score.ts';
import { supersetRequest, supersetResponse } from '../../../src/http/dialects/superset.ts';
import { teiDialect, teiRequest, teiResponse } from '../../../src/http/dialects/tei.ts';
import { weaviateDialect, weaviateRequest, weaviateResponse } from '../../../src/http/dialects/weaviate.ts';
import { answerOf, options } from './spoken.ts';

describe('the form with texts', () => {
  const dialect = teiDialect(options);
  const parse = (fields: object = {}) => dialect.parse({ query: 'q', texts: ['a', 'b'], ...fields });

  it('is told by its texts, unless they are null', () => {
    expect(dialect.matches({ texts: ['a'], documents: ['a'] })).toBe(true);
    expect(dialect.matches({ texts: 7 })).toBe(true);
    expect(dialect.matches({ texts: null, documents: ['a'] })).toBe(false);
    expect(dialect.matches({ documents: ['a'] })).toBe(false);
  });

  it('gets a bare array, with texts on request', () => {
    const body = answerOf(parse({ return_text: 'true' }), [0.1, 0.2]);
    expect(body).toEqual([
      { index: 1, score: 0.2, text: 'b' },
      { index: 0, score: 0.1, text: 'a' },
    ]);
    expect(teiResponse.parse(body)).toEqual(body);
    expect(answerOf(parse({ top_n: 1 }), [0.1, 0.2])).toEqual([{ index: 1, score: 0.2 }]);
  });

  it('has the options of the other form', () => {
    const { request } = parse({
      use_activation: false,
      truncation_direction: 'Left',
      model: 'm',
      truncate: false,
    });
    expect(request).toMatchObject({ rawScores: true, model: 'm', limits: { cut: { keep: 'end' } } });
  });
});

describe('the form with a property', () => {
  const dialect = weaviateDialect(options);

  it('is told by its property, unless it is null', () => {
    expect(dialect.matches({ documents: ['a'], property: '' })).toBe(true);
    expect(dialect.matches({ documents: ['a'], property: null })).toBe(false);
    expect(dialect.matches({ documents: ['a'] })).toBe(false);
  });

  it('gets the scores of all documents in the order of the request', () => {
    const spoken = dialect.parse({ query: 'q', documents: ['a', { text: 'b' }], property: '', top_n: 1 });
    const body = answerOf(spoken, [0.1, 0.2]);
    expect(body).toEqual({
      scores: [
        { document: 'a', score: 0.1 },
        { document: 'b', score: 0.2 },
      ],
    });
    expect(weaviateResponse.parse(body)).toEqual(body);
  });
});

describe('the form of pairs', () => {
  const parse = (body: object) => parseScore(body, options);

  it.each([
    ['text_1', 'text_2'],
    ['queries', 'documents'],
    ['queries', 'items'],
    ['data_1', 'data_2'],
    ['query', 'documents'],
  ])('takes %s and %s: one with one, one with many, or as many', (one, other) => {
    const of = (left: unknown, right: unknown) => {
      const { query, documents } = parse({ [one]: left, [other]: right }).request;
      return { query, documents };
    };
    expect(of('q', 'd')).toEqual({ query: 'q', documents: ['d'] });
    expect(of('q', ['d', 'e'])).toEqual({ query: 'q', documents: ['d', 'e'] });
    expect(of(['q'], ['d', { text: 'e' }])).toEqual({ query: 'q', documents: ['d', 'e'] });
    expect(of(['q', { text: 'r' }], ['d', 'e'])).toEqual({ query: ['q', 'r'], documents: ['d', 'e'] });
    expect(() => of(['q', 'r'], ['d'])).toThrow(new RegExp(`^${one} holds 2 texts and ${other} 1`));
    expect(() => of(['q', 'r'], ['d', 'e', 'f'])).toThrow(/must be|holds 2 texts/);
  });

  it.each([
    [{}, /text_1 and text_2 are both needed/],
    [{ text_1: 'a' }, /text_1 and text_2 are both needed/],
    [{ text_1: 'a', documents: ['b'] }, /text_1 and text_2 are both needed/],
    [{ text_1: 'a', text_2: [] }, /^text_2/],
    [{ text_1: [], text_2: [] }, /^text_1/],
    [{ text_1: 7, text_2: 'b' }, /^text_1/],
    [{ text_1: ['a', ''], text_2: ['b', 'c'] }, /^text_1/],
    [{ text_1: 'a', text_2: ['b', { image: 'x' }] }, /^text_2\[1\] is an image/],
  ])('refuses %j', (body, message) => {
    expect(() => parse(body)).toThrow(message);
  });

  it('gets the scores in the order of the request', () => {
    const body = answerOf(parse({ text_1: 'a', text_2: ['b', 'c'] }), [0.1, 0.2]);
    expect(body).toEqual({
      id: 'id-1',
      object: 'list',
      created: 1_700_000_000,
      model: 'local://m',
      data: [
        { index: 0, object: 'score', score: 0.1 },
        { index: 1, object: 'score', score: 0.2 },
      ],
      usage: { prompt_tokens: 42, completion_tokens: 0, total_tokens: 42 },
    });
    expect(scoreResponse.parse(body)).toEqual(body);
  });
});

it('can be written as JSON Schema: every request and every response', () => {
  for (const [name, schema] of Object.entries({
    supersetRequest,
    teiRequest,
    weaviateRequest,
    scoreRequest,
  })) {
    const written = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
    expect(Object.keys(written.properties ?? {}), name).toContain('long_document');
  }
  for (const schema of [supersetResponse, teiResponse, weaviateResponse, scoreResponse]) {
    expect(z.toJSONSchema(schema, { io: 'output' })).toHaveProperty('type');
  }
});
