import fc from 'fast-check';
import { Tokenizer } from 'tokenizers';
import { beforeAll, describe, expect, it } from 'vitest';
import { PairEncoder } from '../../src/model/tokenizer/pair-encoder.ts';
import { type EncodedPairs, Mark } from '../../src/model/tokenizer/protocol.ts';

const file = 'models/demo/tokenizer.json';
let encoder: PairEncoder;
let library: Tokenizer;

beforeAll(async () => {
  encoder = await PairEncoder.load(file);
  library = Tokenizer.fromFile(file);
});

function row(pairs: EncodedPairs, index: number): { ids: number[]; typeIds: number[] } {
  const from = pairs.lengths.subarray(0, index).reduce((sum, length) => sum + length, 0);
  const to = from + (pairs.lengths[index] ?? 0);
  return { ids: [...pairs.ids.subarray(from, to)], typeIds: [...pairs.typeIds.subarray(from, to)] };
}

async function alone(text: string): Promise<number[]> {
  return (await library.encode(text, null, { addSpecialTokens: false })).getIds();
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom('the', 'Gezeiten', '法国的首都', 'élève', '2024', '👩‍🚀', '…'), { maxLength: 20 })
    .map((words) => words.join(' ')),
);

describe('encoding pairs', () => {
  it('gives the ids and segments of the library itself for whatever fits', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.array(text, { minLength: 1, maxLength: 5 }), async (query, documents) => {
        const pairs = await encoder.encode(query, documents, 2048);
        for (const [index, document] of documents.entries()) {
          const expected = await library.encode(query.toWellFormed(), document.toWellFormed());
          expect(row(pairs, index)).toEqual({ ids: expected.getIds(), typeIds: expected.getTypeIds() });
          expect(pairs.marks[index]).toBe(0);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('cuts the query to three quarters, then the document to what is left, and keeps every special token', async () => {
    const [query, document] = ['question '.repeat(100), 'answer '.repeat(1000)];
    const pairs = await encoder.encode(query, [document, 'short'], 64);
    const [cls, sep] = ['[CLS]', '[SEP]'].map((token) => library.tokenToId(token) as number);
    const queryIds = (await alone(query)).slice(0, 48);
    const long = [cls, ...queryIds, sep, ...(await alone(document)).slice(0, 64 - 48 - 3), sep];
    expect(row(pairs, 0).ids).toEqual(long);
    expect(row(pairs, 0).ids).toHaveLength(64);
    expect(row(pairs, 1).ids).toEqual([cls, ...queryIds, sep, ...(await alone('short')), sep]);
    expect([...pairs.marks]).toEqual([Mark.queryCut | Mark.documentCut, Mark.queryCut]);
  });

  it('reads no more of a huge document than it needs, with the same ids as if it had read all', async () => {
    for (const unit of ['word and other words ', '东京是日本的首都', 'donaudampfschifffahrt', ' \n', '½ﬁ…']) {
      const document = unit.repeat(20_000);
      const { ids } = row(await encoder.encode('q', [document], 256), 0);
      const whole = await alone(document);
      const queryTokens = (await alone('q')).length;
      expect(ids.slice(2 + queryTokens, -1), unit).toEqual(whole.slice(0, 256 - 3 - queryTokens));
    }
  });

  it('reads a bounded part of a text that gives hardly any tokens, and says that it was cut', async () => {
    const blank = ' '.repeat(4_000_000);
    const pairs = await encoder.encode('q', [`${blank}unreached`, blank.slice(0, 1000)], 64);
    const expected = await library.encode('q', '');
    expect(row(pairs, 0).ids).toEqual(expected.getIds());
    expect([...pairs.marks]).toEqual([1, 0]);
  });

  it('takes lone surrogates as the replacement character, which is what UTF-8 makes of them', async () => {
    const pairs = await encoder.encode('a \ud800 b', ['\udc00', 'nul \0 byte'], 64);
    const expected = await library.encode('a \ufffd b', '\ufffd');
    expect(row(pairs, 0).ids).toEqual(expected.getIds());
    expect(pairs.lengths[1]).toBeGreaterThan(3);
  });
});
