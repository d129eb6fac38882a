import { describe, expect, it } from 'vitest';
import { supersetDialect, supersetResponse } from '../../../src/http/dialects/superset.ts';
import { answerOf, options } from './spoken.ts';

const dialect = supersetDialect(options);
const parse = (fields: object = {}) => dialect.parse({ query: 'q', documents: ['a', 'b', 'c'], ...fields });

describe('the form with documents', () => {
  it('is understood without any option', () => {
    expect(parse().request).toEqual({
      query: 'q',
      documents: ['a', 'b', 'c'],
      topN: undefined,
      rawScores: false,
      model: undefined,
      limits: undefined,
    });
  });

  it('takes null for absent in every optional field', () => {
    const names = Object.keys(
      parse({
        model: null,
        top_n: null,
        top_k: null,
        topN: null,
        return_documents: null,
        rank_fields: null,
        raw_scores: null,
        use_activation: null,
        max_tokens_per_doc: null,
        truncate_prompt_tokens: null,
        truncation_side: null,
        truncation_direction: null,
        truncate: null,
        truncation: null,
        strict_truncation: null,
        long_document: null,
        max_chunks_per_doc: null,
        overlap_tokens: null,
        texts: null,
        property: null,
        kwargs: '{}',
        priority: 3,
      }).request,
    );
    expect(names).toEqual(Object.keys(parse().request));
    expect(parse({ limits: null, truncate: null }).request).toEqual(parse().request);
  });

  it('takes top_n under three names, the first that is there', () => {
    for (const [fields, expected] of [
      [{ top_n: 2, top_k: 9 }, 2],
      [{ top_n: null, top_k: 3 }, 3],
      [{ topN: 4 }, 4],
      [{ top_n: 0 }, undefined],
      [{ top_k: -1 }, undefined],
    ] as const) {
      expect(parse(fields).request.topN).toBe(expected);
    }
  });

  it('takes the query as a text, as an object with one, or as chat content', () => {
    for (const query of [
      'words',
      { text: 'words' },
      { content: 'words' },
      { content: [{ type: 'text', text: 'words' }] },
    ]) {
      expect(parse({ query }).request.query).toBe('words');
    }
    for (const query of ['', ' \n', { text: ' ' }, { content: '' }, { content: [] }]) {
      expect(() => parse({ query }), JSON.stringify(query)).toThrow(/^query: must not be empty/);
    }
    for (const query of [7, null, [], {}]) {
      expect(() => parse({ query }), JSON.stringify(query)).toThrow(/^query: must be a string/);
    }
    const image = { content: [{ type: 'image_url', image_url: {} }] };
    expect(() => parse({ query: image })).toThrow(/^query is an image/);
  });

  it('answers with what every client looks for, best first, ties in the order of the request', () => {
    const body = answerOf(parse({ top_n: 2 }), [0.5, 0.9, 0.9]);
    expect(supersetResponse.strict().parse(body)).toEqual(body);
    expect(body).toEqual({
      id: 'id-1',
      model: 'local://m',
      results: [
        { index: 1, relevance_score: 0.9 },
        { index: 2, relevance_score: 0.9 },
      ],
      data: [
        { index: 1, relevance_score: 0.9 },
        { index: 2, relevance_score: 0.9 },
      ],
      scores: [0.5, 0.9, 0.9],
      usage: { prompt_tokens: 42, completion_tokens: 0, total_tokens: 42 },
      meta: {
        api_version: { version: '2' },
        billed_units: { search_units: 1 },
        tokens: { input_tokens: 42, output_tokens: 0 },
        truncated: false,
      },
    });
  });

  it('returns documents as an object in results and as text in data', () => {
    const documents = ['a', { text: 'b', id: 7 }, { title: 'c' }];
    const body = answerOf(parse({ documents, return_documents: 'true' }), [3, 2, 1]) as {
      results: { document: unknown }[];
      data: { document: unknown }[];
    };
    expect(supersetResponse.parse(body)).toEqual(body);
    expect(body.results.map(({ document }) => document)).toEqual([
      { text: 'a' },
      { text: 'b', id: 7 },
      { title: 'c', text: 'title: c' },
    ]);
    expect(body.data.map(({ document }) => document)).toEqual(['a', 'b', 'title: c']);
  });

  it('returns documents as they came, whatever of them was scored', () => {
    const documents = [
      { text: 'own', title: 'scored', id: 1 },
      { text: null, title: 'scored' },
      { title: 'scored' },
    ];
    const spoken = parse({ documents, rank_fields: ['title'], return_documents: true });
    const body = answerOf(spoken, [3, 2, 1]) as {
      results: { document: unknown }[];
      data: { document: unknown }[];
    };
    expect(supersetResponse.parse(body)).toEqual(body);
    expect(body.results.map(({ document }) => document)).toEqual([
      { text: 'own', title: 'scored', id: 1 },
      { text: 'scored', title: 'scored' },
      { text: 'scored', title: 'scored' },
    ]);
    expect(body.data.map(({ document }) => document)).toEqual(['scored', 'scored', 'scored']);
  });

  it.each([1, 100_000])('refuses to return a document that is nested too deeply, by %i levels', (levels) => {
    const deep = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
    const documents = ['a', { text: 'b', meta: deep(99) }, { text: 'c', meta: deep(99 + levels) }];
    expect(() => parse({ documents, return_documents: true })).toThrow(
      /^documents\[2\] is nested too deeply to be returned/,
    );
    expect(parse({ documents }).request.documents).toEqual(['a', 'b', 'c']);
    const fine = documents.slice(0, 2);
    expect(() => answerOf(parse({ documents: fine, return_documents: true }), [2, 1])).not.toThrow();
  });

  it('says when a text was cut', () => {
    expect(answerOf(parse(), [1, 2, 3], 1)).toMatchObject({ meta: { truncated: true } });
  });

  it('is bounded in its documents before they are looked at', () => {
    expect(() => parse({ documents: Array.from({ length: 101 }, () => 7) })).toThrow(
      /documents holds 101 entries/,
    );
  });
});
