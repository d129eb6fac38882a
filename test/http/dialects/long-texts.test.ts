import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type LongDocuments, longTextFields, textLimits } from '../../../src/http/dialects/long-texts.ts';

const schema = z.object(longTextFields);
const limits = (fields: object, byDefault: LongDocuments = 'truncate') =>
  textLimits(schema.parse(fields), byDefault);

describe('what a request says about long texts', () => {
  it.each([
    {},
    { truncate: false },
    { truncate: 'false', strict_truncation: false },
    { truncate: true, strict_truncation: true },
    { truncate: 'END' },
    { truncation: true },
    { truncation_direction: 'Right' },
    { truncate_prompt_tokens: -1 },
    { max_tokens_per_doc: 0 },
    { long_document: 'truncate' },
    { max_chunks_per_doc: 5, overlap_tokens: 7 },
  ])('is nothing with %j', (fields) => {
    expect(limits(fields)).toBeUndefined();
  });

  it.each([
    [{ truncate_prompt_tokens: 10 }, { pairTokens: 10, cut: {} }],
    [{ max_tokens_per_doc: 64 }, { cut: { documentTokens: 64 } }],
    [{ truncation_direction: 'Left' }, { cut: { keep: 'end' } }],
    [{ truncation_direction: 'LEFT' }, { cut: { keep: 'end' } }],
    [{ truncation_side: 'left' }, { cut: { keep: 'end' } }],
    [
      { truncate: false, strict_truncation: true },
      { cut: {}, strict: true },
    ],
    [{ strict_truncation: 'true' }, { cut: {}, strict: true }],
    [{ truncation: false }, { cut: {}, strict: true }],
    [{ long_document: 'max_passage' }, { cut: { windows: { max: 10, overlap: 32 } } }],
    [
      { long_document: 'max_passage', max_chunks_per_doc: 3, overlap_tokens: 0 },
      { cut: { windows: { max: 3, overlap: 0 } } },
    ],
    [
      { long_document: 'max_passage', max_chunks_per_doc: 1_000_000 },
      { cut: { windows: { max: 100, overlap: 32 } } },
    ],
  ])('with %j is %j', (fields, expected) => {
    expect(limits(fields)).toEqual(expected);
  });

  it('is what the server does by default', () => {
    expect(limits({}, 'max_passage')).toEqual({ cut: { windows: { max: 10, overlap: 32 } } });
    expect(limits({ long_document: 'truncate' }, 'max_passage')).toBeUndefined();
  });

  it.each([
    { truncation_direction: 'up' },
    { truncation_side: 1 },
    { overlap_tokens: -1 },
    { max_tokens_per_doc: 1.5 },
    { long_document: 'fold' },
    { strict_truncation: 'maybe' },
  ])('is refused with %j', (fields) => {
    expect(schema.safeParse(fields).success).toBe(false);
  });
});
