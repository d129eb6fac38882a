import { continuationOf, type Piece } from './piece.ts';

const latin = 'abcdefghijklmnopqrstuvwxyz';
const greek = 'αβγδεζηθικλμνξοπρστυφχψως';
const cyrillic = 'абвгдежзиклмнопрстуфхцчшщъыьэюяєіґ';
const digits = '0123456789';
/** Letters beside the alphabets above that the normalizer leaves as they are. */
const rareLatin = 'ðþħŋəɓɗƙ';

/** Weight of a word of one to three letters by its length; longer words are rarer and weigh a full word. */
const shortWordWeight = [0, 30, 70, 85];
/** One digit says little, a year says much. */
const numberWeight = [0, 30, 55, 85];

/** Pieces of which any word of these scripts can be put together: each at a word's start and inside a word. */
export function* scriptPieces(): Generator<Piece> {
  yield* bothPositions(sequences(latin, 3), letters);
  yield* bothPositions(sequences(cyrillic, 2), letters);
  yield* bothPositions(sequences(greek, 2), letters);
  yield* bothPositions(sequences(digits, 3), number);
  yield* bothPositions(rareLatin, letters);
  yield* bothPositions(range(0x05d0, 0x05ea), letters); // Hebrew
  yield* bothPositions(range(0x0621, 0x064a), letters); // Arabic
  yield* bothPositions(range(0x10d0, 0x10f0), letters); // Georgian
  yield* bothPositions(range(0x0561, 0x0586), letters); // Armenian
  yield* bothPositions(range(0x1100, 0x1112), letters); // Hangul syllables come apart into these when
  yield* bothPositions(range(0x1161, 0x1175), letters); // the normalizer strips accents
  yield* bothPositions(range(0x11a8, 0x11c2), letters);
  yield* bothPositions(range(0x3041, 0x3096), hiragana);
  yield* bothPositions(range(0x30a1, 0x30fc), letters); // Katakana
}

/** Han characters: a word each to the tokenizer, so a character says little and an adjacent pair says much. */
export function* hanPieces(): Generator<Piece> {
  for (const token of range(0x4e00, 0x9fff)) yield hanPiece(token);
}

/** A Han character that is on no list. All of them are alike, which lets the graph keep one row for them. */
function hanPiece(token: string): Piece {
  return {
    token,
    position: 'start',
    length: 1,
    whole: 25,
    prefix: 25,
    bond: 100,
    exact: true,
    divisible: false,
  };
}

function letters(token: string): Piece {
  const length = token.length;
  const whole = shortWordWeight[length] ?? 100;
  return { token, position: 'start', length, whole, prefix: 100, bond: 50, exact: false, divisible: true };
}

function number(token: string): Piece {
  const length = token.length;
  const whole = numberWeight[length] ?? 100;
  return { token, position: 'start', length, whole, prefix: 100, bond: 30, exact: true, divisible: false };
}

/** Hiragana is mostly grammar. */
function hiragana(token: string): Piece {
  return { ...letters(token), whole: 4, prefix: 25, bond: 8 };
}

function* bothPositions(tokens: Iterable<string>, piece: (token: string) => Piece): Generator<Piece> {
  const starts = Array.from(tokens, piece);
  yield* starts;
  yield* starts.map(continuationOf);
}

/** All strings of 1 to `longest` letters of an alphabet, shorter ones first. */
function* sequences(alphabet: string, longest: number): Generator<string> {
  let previous = [''];
  for (let length = 1; length <= longest; length++) {
    previous = previous.flatMap((head) => Array.from(alphabet, (letter) => head + letter));
    yield* previous;
  }
}

/** The characters of a Unicode block, without those that the normalizer takes apart, so that none arrives. */
function* range(first: number, last: number): Generator<string> {
  for (let code = first; code <= last; code++) {
    const character = String.fromCodePoint(code);
    if (character.normalize('NFKD') === character) yield character;
  }
}
