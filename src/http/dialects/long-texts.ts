import { z } from 'zod';
import type { TextLimits } from '../../model/text-limits.ts';
import { anyCase, flag, wholeNumber } from '../validate.ts';

/** What becomes of a document that does not fit. */
export type LongDocuments = 'truncate' | 'max_passage';

/** As Cohere's first API has it. */
const CHUNKS = 10;

/** More windows than this make no document better known; the work on one stays bounded. */
const MOST_CHUNKS = 100;

const OVERLAP_TOKENS = 32;

/** Of the literals of other servers (START, END, NONE) none asks for a refusal. */
const lenientFlag = z.union([flag, z.string()]);

const side = z
  .string({ error: 'must be "left" or "right"' })
  .toLowerCase()
  .pipe(z.enum(['left', 'right'], { error: 'must be "left" or "right"' }))
  .meta(anyCase('left', 'right'))
  .nullish();

/** Optional fields about texts that are too long, as the servers spell them whose clients send them. */
export const longTextFields = {
  max_tokens_per_doc: wholeNumber.describe('The most tokens of a document; none when it is not above 0'),
  truncate_prompt_tokens: wholeNumber.describe('The most tokens of a pair; -1: what the model takes'),
  truncation_side: side.describe('left: a long document loses its start. In any case of letters'),
  truncation_direction: side.describe('As truncation_side'),
  truncate: lenientFlag.describe('Long texts are cut anyway, because clients send false without meaning it'),
  strict_truncation: flag.describe('true, without truncate: a text that does not fit is refused with 422'),
  truncation: lenientFlag.describe('false: as strict_truncation'),
  long_document: z
    .enum(['truncate', 'max_passage'], { error: 'must be "truncate" or "max_passage"' })
    .nullish()
    .describe('max_passage: a long document is scored window by window, and its best window counts'),
  max_chunks_per_doc: wholeNumber.describe(
    `Windows of a document, 1 to ${MOST_CHUNKS}; ${CHUNKS} by default`,
  ),
  overlap_tokens: z
    .int({ error: 'must be a whole number' })
    .min(0, { error: 'must not be below 0' })
    .nullish()
    .describe(`Tokens that neighbouring windows share, at most half a window; ${OVERLAP_TOKENS} by default`),
};

const schema = z.object(longTextFields);

export type LongTexts = z.output<typeof schema>;

/** Undefined where texts are cut as usual, which is what nearly all requests want. */
export function textLimits(fields: LongTexts, byDefault: LongDocuments): TextLimits | undefined {
  const pairTokens = aboveZero(fields.truncate_prompt_tokens);
  const documentTokens = aboveZero(fields.max_tokens_per_doc);
  const keepsEnd = (fields.truncation_side ?? fields.truncation_direction) === 'left';
  const splits = (fields.long_document ?? byDefault) === 'max_passage';
  const isStrict = wantsRefusal(fields);
  if (pairTokens === undefined && documentTokens === undefined && !keepsEnd && !splits && !isStrict) {
    return undefined;
  }
  return {
    ...(pairTokens !== undefined && { pairTokens }),
    cut: {
      ...(documentTokens !== undefined && { documentTokens }),
      ...(keepsEnd && { keep: 'end' as const }),
      ...(splits && { windows: windowsOf(fields) }),
    },
    ...(isStrict && { strict: true as const }),
  };
}

function windowsOf({ max_chunks_per_doc, overlap_tokens }: LongTexts) {
  return {
    max: Math.min(aboveZero(max_chunks_per_doc) ?? CHUNKS, MOST_CHUNKS),
    overlap: overlap_tokens ?? OVERLAP_TOKENS,
  };
}

/** Voyage's `truncation: false` is only sent by who means it; TEI's `truncate: false` by clients that don't. */
function wantsRefusal({ truncate, strict_truncation, truncation }: LongTexts): boolean {
  if (truncate === true || truncate === 'true') return false;
  return strict_truncation === true || truncation === false || truncation === 'false';
}

function aboveZero(value: number | null | undefined): number | undefined {
  return value == null || value <= 0 ? undefined : value;
}
