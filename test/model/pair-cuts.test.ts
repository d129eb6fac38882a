import fc from 'fast-check';
import { Tokenizer } from 'tokenizers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cut } from '../../src/model/text-limits.ts';
import { PairEncoder } from '../../src/model/tokenizer/pair-encoder.ts';
import { type EncodedPairs, Mark } from '../../src/model/tokenizer/protocol.ts';

const file = 'models/demo/tokenizer.json';
let encoder: PairEncoder;
let library: Tokenizer;
let special: { readonly cls: number; readonly sep: number };

beforeAll(async () => {
  encoder = await PairEncoder.load(file);
  library = Tokenizer.fromFile(file);
  const [cls, sep] = ['[CLS]', '[SEP]'].map((token) => library.tokenToId(token) as number);
  special = { cls: cls as number, sep: sep as number };
});

interface Row {
  readonly ids: readonly number[];
  readonly mark: number;
}

function rowsOf(pairs: EncodedPairs): Row[] {
  let at = 0;
  return Array.from(pairs.lengths, (length, row) => {
    const ids = [...pairs.ids.subarray(at, at + length)];
    at += length;
    return { ids, mark: pairs.marks[row] as number };
  });
}

/** Rows by document. */
function documentsOf(rows: readonly Row[]): Row[][] {
  const documents: Row[][] = [];
  for (const row of rows) {
    if ((row.mark & Mark.sameDocument) === 0) documents.push([row]);
    else documents.at(-1)?.push(row);
  }
  return documents;
}

async function alone(text: string): Promise<number[]> {
  return (await library.encode(text, null, { addSpecialTokens: false })).getIds();
}

/** What stands between the query and the last special token. @throws when the frame is not intact */
function documentPart({ ids }: Row, query: readonly number[]): readonly number[] {
  const frame = [special.cls, ...query, special.sep];
  expect(ids.slice(0, frame.length)).toEqual(frame);
  expect(ids.at(-1)).toBe(special.sep);
  return ids.slice(frame.length, -1);
}

const words = (maxLength: number) =>
  fc
    .array(fc.constantFrom('the', 'Gezeiten', '法国的首都', 'élève', '2024', '👩‍🚀', 'pulls', '…'), {
      maxLength,
    })
    .map((list) => list.join(' '));

const asked = fc.record({
  query: words(30),
  documents: fc.array(words(250), { minLength: 1, maxLength: 4 }),
  maxLength: fc.integer({ min: 16, max: 160 }),
  windows: fc.record({ max: fc.integer({ min: 1, max: 12 }), overlap: fc.integer({ min: 0, max: 60 }) }),
});

describe('documents in windows', () => {
  it('lose no token unless the windows are too few, overlap as asked, and keep query and special tokens', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async ({ query, documents, maxLength, windows }) => {
        const pairs = await encoder.encode(query, documents, maxLength, { windows });
        const rows = rowsOf(pairs);
        const wholeQuery = await alone(query);
        const queryIds = wholeQuery.slice(0, Math.floor((maxLength * 3) / 4));
        const room = Math.max(0, maxLength - 3 - queryIds.length);
        const overlap = Math.min(windows.overlap, Math.floor(room / 2));
        const byDocument = documentsOf(rows);
        expect(byDocument).toHaveLength(documents.length);
        for (const [index, parts] of byDocument.entries()) {
          const whole = await alone(documents[index] as string);
          expect(parts.length).toBeLessThanOrEqual(windows.max);
          const joined: number[] = [];
          for (const [at, part] of parts.entries()) {
            expect(part.ids.length).toBeLessThanOrEqual(maxLength);
            const ids = documentPart(part, queryIds);
            const shared = at === 0 ? 0 : overlap;
            expect(ids.slice(0, shared)).toEqual(joined.slice(joined.length - shared));
            joined.push(...ids.slice(shared));
          }
          const isCut = joined.length < whole.length;
          expect(joined).toEqual(whole.slice(0, joined.length));
          if (isCut) expect(parts).toHaveLength(room === 0 ? 1 : windows.max);
          for (const { mark } of parts) {
            expect((mark & Mark.documentCut) !== 0).toBe(isCut);
            expect((mark & Mark.queryCut) !== 0).toBe(queryIds.length < wholeQuery.length);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('are the ordinary pair, token for token, for a document that fits', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async ({ query, documents, maxLength, windows }) => {
        const usual = rowsOf(await encoder.encode(query, documents, maxLength));
        const split = documentsOf(rowsOf(await encoder.encode(query, documents, maxLength, { windows })));
        for (const [index, row] of usual.entries()) {
          if ((row.mark & Mark.documentCut) === 0) expect(split[index]).toEqual([row]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are found in a text of megabytes without reading all of it', async () => {
    const document = 'word and other words '.repeat(200_000);
    const windows = { max: 7, overlap: 10 };
    const rows = rowsOf(await encoder.encode('q', [document], 64, { windows }));
    const query = await alone('q');
    const whole = await alone(document.slice(0, 10_000));
    const ids = rows.flatMap((row, at) => documentPart(row, query).slice(at === 0 ? 0 : 10));
    expect(rows).toHaveLength(7);
    expect(ids).toEqual(whole.slice(0, ids.length));
    expect(rows.every(({ mark }) => (mark & Mark.documentCut) !== 0)).toBe(true);
  });
});

describe('a cut at the start', () => {
  const encodeOne = async (document: string, maxLength: number, cut: Cut) =>
    rowsOf(await encoder.encode('q', [document], maxLength, cut));

  it('keeps the last tokens, of a huge text the same ones as if all had been read', async () => {
    for (const unit of [
      'word and other words ',
      '东京是日本的首都',
      'donaudampfschifffahrt ',
      ' \n',
      '½ﬁ…',
    ]) {
      const document = `${unit.repeat(20_000)}end 😀`;
      const [row] = await encodeOne(document, 256, { keep: 'end' });
      const whole = await alone(document);
      const query = await alone('q');
      expect(row && documentPart(row, query), unit).toEqual(whole.slice(-(256 - 3 - query.length)));
      expect(row?.mark).toBe(Mark.documentCut);
    }
  });

  it('changes nothing where all fits', async () => {
    expect(await encodeOne('a few words', 64, { keep: 'end' })).toEqual(
      await encodeOne('a few words', 64, {}),
    );
  });

  it('gives windows over the end', async () => {
    const document = Array.from({ length: 400 }, (_, number) => String(number)).join(' ');
    const rows = await encodeOne(document, 64, { keep: 'end', windows: { max: 2, overlap: 0 } });
    const query = await alone('q');
    const ids = rows.flatMap((row) => documentPart(row, query));
    expect(ids).toEqual((await alone(document)).slice(-ids.length));
    expect(ids).toHaveLength(2 * (64 - 3 - query.length));
  });

  it('leaves nothing of a document for which there is no room', async () => {
    const query = 'many words '.repeat(20);
    const [row] = rowsOf(await encoder.encode(query, ['document'], 4, { keep: 'end' }));
    expect(row?.ids).toHaveLength(4);
  });
});

describe('other lengths', () => {
  it('cut a document to its own number of tokens, windows or not', async () => {
    const document = 'some words '.repeat(200);
    const query = await alone('q');
    const whole = await alone(document);
    const [row] = rowsOf(await encoder.encode('q', [document], 256, { documentTokens: 20 }));
    expect(row && documentPart(row, query)).toEqual(whole.slice(0, 20));
    expect(row?.mark).toBe(Mark.documentCut);
    const cut = { documentTokens: 100, windows: { max: 10, overlap: 0 } };
    const rows = rowsOf(await encoder.encode('q', [document], 64, cut));
    expect(rows.flatMap((each) => documentPart(each, query))).toEqual(whole.slice(0, 100));
  });

  it('keep every pair within them, down to the special tokens', async () => {
    const [query, document] = ['many words '.repeat(50), 'other words '.repeat(50)];
    for (const maxLength of [1, 2, 3, 4, 5, 7, 10, 16, 17]) {
      const [row] = rowsOf(await encoder.encode(query, [document], maxLength));
      expect(row?.ids, String(maxLength)).toHaveLength(Math.max(3, maxLength));
      expect(row?.ids[0]).toBe(special.cls);
      expect(row?.ids.filter((id) => id === special.sep)).toHaveLength(2);
    }
  });
});
