import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDocuments } from '../../../src/commands/rerank/format-documents.ts';
import { parseDocuments } from '../../../src/commands/rerank/parse-documents.ts';
import { slices } from '../../../src/commands/rerank/slices.ts';

const parsed = (text: string, fields = ['text']) => parseDocuments(text, { form: 'auto', fields });

describe('documents of rerankd rerank', () => {
  it('are lines, but for the empty ones, and know where they stood', () => {
    expect(parsed('one\r\n\n  \ntwo')).toEqual({
      form: 'lines',
      documents: [
        { index: 0, text: 'one', fields: { text: 'one' } },
        { index: 3, text: 'two', fields: { text: 'two' } },
      ],
    });
  });

  it('are a JSON list of texts and objects', () => {
    expect(parsed(' ["a", {"text": "b", "id": 7}] ')).toEqual({
      form: 'json',
      documents: [
        { index: 0, text: 'a', fields: { text: 'a' } },
        { index: 1, text: 'b', fields: { text: 'b', id: 7 } },
      ],
    });
  });

  it('are JSON Lines where the first line is an object, and a bad line among them is named', () => {
    expect(parsed('{"text":"a"}\n\n{"text":"b"}\n')).toMatchObject({
      form: 'jsonl',
      documents: [{ index: 0 }, { index: 2, text: 'b' }],
    });
    expect(() => parsed('{"text":"a"}\nnot json')).toThrow('line 2 is not JSON');
    expect(parsed('[INFO] a log line\n[WARN] another')).toMatchObject({ form: 'lines' });
  });

  it('have their text in the fields that were named', () => {
    const { documents } = parsed('{"title":"T","body":"B"}\n{"body":"only"}', ['title', 'body']);
    expect(documents.map(({ text }) => text)).toEqual(['T\nB', 'only']);
  });

  it.each([
    ['json', '{"text":"a"}', /no JSON list/],
    ['json', '["a", 3]', /element 1 is neither a text nor an object/],
    ['jsonl', '{"text":"a"}\noops', /line 2 is not JSON/],
    ['jsonl', '{"id":1}', /line 1 has no text in "text"/],
    ['jsonl', '{"text":["a"]}', /line 1 has no text/],
  ] as const)('are refused as %s when they are none: %s', (form, text, message) => {
    expect(() => parseDocuments(text, { form, fields: ['text'] })).toThrow(message);
  });

  const ranked = [
    { index: 1, text: 'b\nc', fields: { text: 'b\nc', id: 2, score: 'kept' }, score: 0.987_654_321 },
    { index: 0, text: 'a', fields: { text: 'a' }, score: 1e-9 },
  ];
  const printed = (form: 'lines' | 'json' | 'jsonl', scores = false): string =>
    [...formatDocuments(ranked, { form, scores })].join('');

  it('are printed one a line', () => {
    expect(printed('lines')).toBe('b c\na\n');
    expect(printed('lines', true)).toBe('0.987654\tb c\n1e-9\ta\n');
  });

  it('are printed as objects with all that they came with', () => {
    const objects = [
      { text: 'b\nc', id: 2, score: 'kept', index: 1, relevance_score: 0.987_654_321 },
      { text: 'a', index: 0, relevance_score: 1e-9 },
    ];
    expect(JSON.parse(printed('json'))).toEqual(objects);
    expect(
      printed('jsonl')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(objects);
    expect([...formatDocuments([], { form: 'json', scores: false })].join('')).toBe('[]\n');
  });

  it('are sent in slices that together are all of them, and no slice is too large', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 5 }), (texts, documents) => {
        const cut = [...slices(texts, { documents, bytes: 20 })];
        expect(cut.flatMap(({ part }) => part)).toEqual(texts);
        for (const { start, part } of cut) {
          expect(texts[start]).toBe(part[0]);
          expect(part.length).toBeLessThanOrEqual(documents);
          const bytes = part.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
          expect(part.length === 1 || bytes <= 20).toBe(true);
        }
      }),
    );
  });
});
