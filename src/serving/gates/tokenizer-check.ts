import { clipText } from '../../model/agreement/clip-text.ts';
import type { RoundTrip, TokenizerInspection } from '../../model/tokenizer/protocol.ts';
import type { Candidate } from './candidate.ts';
import { type Finding, failed, passed } from './finding.ts';
import { readExpectations, SPECIAL_KINDS, type TokenizerExpectations } from './tokenizer-expectations.ts';

const ENGLISH = 'The tide comes in twice a day, and the harbour fills with small boats.';

/** No text has a "do not" in it, nor a blank before a comma: WordPiece decoders tidy those up. */
const TEXTS = [
  ENGLISH,
  'In 2024, 1,234 of 56.7 percent.',
  'Really? Yes (more or less); see "chapter two" - it is short!',
  'Le café près de la forêt: déjà vu, naïve façade.',
];

/** What tokenizers call these tokens where tokenizer_config.json doesn't say. */
const USUAL_NAMES = { pad: ['[PAD]', '<pad>'], unk: ['[UNK]', '<unk>'] };

/** Tables have a few rows more than there are tokens, for the sake of round numbers, but not several times as many. */
const LEAST_USED_SHARE = 0.5;

/** Moved tokens to name: one tells as much as all. */
const MAX_MOVED = 3;

/** Of an English text, how much may be unknown. */
const MAX_UNKNOWN_SHARE = 0.5;

/**
 * Whether a tokenizer can be the one that the model was trained with: its ids fit the embedding table, its special tokens have
 * the ids that config.json gives them, it knows plain English, and what it makes of a text it makes again of its own words.
 * Another tokenizer of the same family and size can't be told from it in this way: a golden set tells.
 * @param directory with the model's files
 * @throws what the tokenizer throws; the signal's reason.
 */
export async function checkTokenizer(
  candidate: Candidate,
  directory: string,
  signal: AbortSignal,
): Promise<Finding> {
  const expected = await readExpectations(directory);
  const { names, added } = expected;
  const tokens = [...new Set([...names.values(), ...added.keys(), ...Object.values(USUAL_NAMES).flat()])];
  const found = await candidate.inspectTokenizer({ texts: TEXTS, tokens }, signal);
  const problems = [
    ...sizeProblems(found, expected),
    ...specialProblems(found, expected),
    ...addedProblems(found, expected),
    ...textProblems(found, unknownIds(found, expected)),
  ];
  return problems.length === 0
    ? passed(`its tokenizer has ${found.size} tokens and fits the model`)
    : failed(`its tokenizer is not its own: ${problems.join('; ')}`);
}

function sizeProblems({ size }: TokenizerInspection, { vocabSize }: TokenizerExpectations): string[] {
  if (vocabSize === undefined) return [];
  const both = `it has ${size} tokens, and config.json has vocab_size ${vocabSize}`;
  if (size > vocabSize) return [`${both}: there is no embedding for the last ones`];
  return size < vocabSize * LEAST_USED_SHARE ? [`${both}: most embeddings would never be used`] : [];
}

function specialProblems({ ids }: TokenizerInspection, expected: TokenizerExpectations): string[] {
  return SPECIAL_KINDS.flatMap((kind) => {
    const id = expected.ids.get(kind);
    if (id === undefined) return [];
    const inConfig = `config.json has ${kind}_token_id ${id}`;
    const name = expected.names.get(kind);
    if (name !== undefined) {
      const actual = ids[name] ?? undefined;
      if (actual === undefined) return [`${inConfig}, but there is no token ${name} in tokenizer.json`];
      return actual === id ? [] : [`${inConfig}, but ${name} is token ${actual}`];
    }
    const usual = kind === 'pad' ? USUAL_NAMES.pad.filter((token) => ids[token] != null) : [];
    const [first] = usual;
    return first === undefined || usual.some((token) => ids[token] === id)
      ? []
      : [`${inConfig}, but ${first} is token ${ids[first]}`];
  });
}

/** A token that tokenizer.json lacks may have been meant to be added to it. */
function addedProblems({ ids }: TokenizerInspection, { added }: TokenizerExpectations): string[] {
  const moved = [...added].filter(([token, id]) => (ids[token] ?? id) !== id);
  if (moved.length === 0) return [];
  const shown = moved.map(([token, id]) => `${token} is token ${id}, in tokenizer.json ${ids[token]}`);
  return [`in tokenizer_config.json ${shown.slice(0, MAX_MOVED).join(', ')}`];
}

function unknownIds({ ids }: TokenizerInspection, { names }: TokenizerExpectations): ReadonlySet<number> {
  const name = names.get('unk');
  const candidates = name === undefined ? USUAL_NAMES.unk : [name];
  return new Set(candidates.flatMap((token) => ids[token] ?? []));
}

function textProblems({ roundTrips }: TokenizerInspection, unknown: ReadonlySet<number>): string[] {
  return roundTrips.flatMap((trip) => {
    const missed = trip.ids.filter((id) => unknown.has(id)).length;
    const what = `"${clipText(trip.text, 40)}"`;
    if (trip.ids.length === 0) return [`it has no tokens for ${what}`];
    if (trip.text === ENGLISH && missed >= trip.ids.length * MAX_UNKNOWN_SHARE) {
      return [`${missed} of the ${trip.ids.length} tokens of ${what} are unknown`];
    }
    // What is unknown is lost, and so may be the blank before it.
    return missed > 0 || comesBack(trip)
      ? []
      : [`${what} becomes "${clipText(trip.decoded ?? '', 40)}", which has other tokens`];
  });
}

/** Normalizers change a text once, not twice. */
function comesBack({ ids, again }: RoundTrip): boolean {
  return again === null || (ids.length === again.length && ids.every((id, index) => id === again[index]));
}
