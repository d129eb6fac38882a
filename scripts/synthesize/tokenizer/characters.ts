import { hanPieces } from '../../demo-models/script-pieces.ts';
import { chineseCommonCharacters, chineseFunctionCharacters } from '../../demo-models/words/chinese.ts';

const punctuation =
  '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~–—‘’“”„…•·°€£¥©®™§«»¿¡×÷±→←、。「」《》（），！？：；・،؛؟।॥';
const accented = 'àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžčćđłńśźżğışőűřťůýąęÀÁÂÄÅÆÇÈÉÊËÍÎÑÓÔÖØÚÜŒŠŽŁŚİ';
const simpleHan =
  '首都市数万百千元力水火山海河路车手心电话机气花书字文化科技经济政治历史美英法德亚欧洲北南东西京城区爱吃喝买卖钱快慢';
const simpleHangul =
  '이다는에가을를의한고도서인시지은사로기자하나어리대해여정수아일상국부만장스라전그조보주동중유과면들있울입니습것게';
const emoji = '😀😂🤣😊😍😭😉😎🤔😡👍👎🙏👏💪🎉🔥❤⭐✨✅❌⚠🚀💡📌🌍🌱☕🍕⚽🎵';
/** Makes a symbol an emoji, joins emoji, and the first two tones of skin. */
const emojiParts = '\u{fe0f}\u{200d}🏻🏽';

/** Code points of the letters that the scripts of basic text are written in. */
const basicRanges: readonly (readonly [number, number])[] = [
  [0x30, 0x39],
  [0x61, 0x7a],
  [0x41, 0x5a],
  [0x0430, 0x0451], // Cyrillic
  [0x0410, 0x042f],
  [0x0621, 0x063a], // Arabic
  [0x0641, 0x064a],
  [0x0902, 0x0903], // Devanagari
  [0x0905, 0x0914],
  [0x0915, 0x0939],
  [0x093e, 0x094d],
  [0x0e01, 0x0e3a], // Thai
  [0x0e40, 0x0e4c],
  [0x3041, 0x3093], // Hiragana
  [0x30a1, 0x30f3], // Katakana
  [0x30fc, 0x30fc],
];

/** Blocks of Unicode from which a vocabulary of real size takes all letters, marks, digits and symbols. */
const blocks: readonly (readonly [number, number])[] = [
  [0x00a1, 0x02ff], // Latin, phonetic
  [0x0300, 0x036f],
  [0x0370, 0x052f], // Greek, Cyrillic
  [0x0531, 0x05f4], // Armenian, Hebrew
  [0x0600, 0x06ff], // Arabic
  [0x0900, 0x0dff], // the scripts of India, Sinhala
  [0x0e01, 0x0edf], // Thai, Lao
  [0x0f00, 0x0fbc], // Tibetan
  [0x1000, 0x10ff], // Burmese, Georgian
  [0x1100, 0x11ff], // Korean letters
  [0x1200, 0x137f], // Ethiopic
  [0x1780, 0x17ff], // Khmer
  [0x1e00, 0x1eff], // Vietnamese and other Latin
  [0x2010, 0x205e],
  [0x20a0, 0x20bf],
  [0x2100, 0x22ff],
  [0x2500, 0x27bf],
  [0x3001, 0x30ff], // CJK punctuation, kana
  [0xfb00, 0xfb06], // joined letters, wide and narrow forms
  [0xff01, 0xff9d],
  [0x1f300, 0x1f64f], // pictures
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
];

/** Characters enough for ordinary text in Latin, Cyrillic, Arabic, Devanagari, Thai, kana, and simple Chinese and Korean. */
export function* basicCharacters(): Generator<string> {
  yield* ',.';
  for (const [first, last] of basicRanges) yield* assigned(first, last);
  yield* punctuation;
  yield* chineseFunctionCharacters;
  yield* chineseCommonCharacters;
  yield* simpleHan;
  yield* simpleHangul;
  yield* accented;
  yield* emoji;
  yield* emojiParts;
}

/** Every character of `blocks`, without Chinese and Korean ones. */
export function* blockCharacters(): Generator<string> {
  for (const [first, last] of blocks) yield* assigned(first, last);
}

/**
 * The Chinese characters that national standards put first because they are common: GB 2312 level 1 (3,755) and
 * JIS X 0208 level 1 (2,965).
 */
export function* commonHan(): Generator<string> {
  yield* doubleByteRows('gbk', 0xb0, 0xd7);
  yield* shiftJisLevelOne();
}

/** The Han characters of the basic block, 20,992 of them. */
export function* allHan(): Generator<string> {
  for (const { token } of hanPieces()) yield token;
}

/** The Korean syllables that KS X 1001 lists because they are common: 2,350. */
export function* commonHangul(): Generator<string> {
  yield* doubleByteRows('euc-kr', 0xb0, 0xc8);
}

/** All 11,172 Korean syllables. */
export function* allHangul(): Generator<string> {
  yield* assigned(0xac00, 0xd7a3);
}

const inText = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u;

function* assigned(first: number, last: number): Generator<string> {
  for (let code = first; code <= last; code++) {
    const character = String.fromCodePoint(code);
    if (inText.test(character)) yield character;
  }
}

/** Rows of a 94 × 94 code table whose bytes both have the high bit set. */
function* doubleByteRows(encoding: string, firstRow: number, lastRow: number): Generator<string> {
  const cells = Array.from({ length: 94 }, (_, index) => 0xa1 + index);
  const decoder = new TextDecoder(encoding);
  for (let row = firstRow; row <= lastRow; row++) {
    yield* known(decoder.decode(Uint8Array.from(cells.flatMap((cell) => [row, cell]))));
  }
}

/** Rows 16 to 47 of JIS X 0208, which Shift JIS lays out two to a lead byte. */
function* shiftJisLevelOne(): Generator<string> {
  const decoder = new TextDecoder('shift_jis');
  for (let lead = 0x88; lead <= 0x98; lead++) {
    const from = lead === 0x88 ? 0x9f : 0x40;
    const to = lead === 0x98 ? 0x72 : 0xfc;
    for (let trail = from; trail <= to; trail++) {
      if (trail !== 0x7f) yield* known(decoder.decode(Uint8Array.of(lead, trail)));
    }
  }
}

/** Without the marks of cells that are empty, some of which decode to private characters. */
function* known(decoded: string): Generator<string> {
  for (const character of decoded) if (/[\p{Script=Han}\p{Script=Hangul}]/u.test(character)) yield character;
}
