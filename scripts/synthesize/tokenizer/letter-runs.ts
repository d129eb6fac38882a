const alphabets = [
  'абвгдежзийклмнопрстуфхцчшщъыьэюяё',
  'ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإئ',
  'कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौं्अआइएऔ',
  'กขคงจชซญดตถทธนบปผพฟมยรลวศสหอะาิีึืุูเแโใไ่้ั',
  'αβγδεζηθικλμνξοπρστυφχψωάέήίόύώς',
  'אבגדהוזחטיכלמנסעפצקרשתםןץ',
];

const latin = 'abcdefghijklmnopqrstuvwxyz';

/** Every pair of letters of each alphabet, of which text in languages without a word list can be put together. */
export function* letterPairs(): Generator<string> {
  for (const alphabet of [latin, ...alphabets]) yield* products(alphabet, alphabet);
}

/** Every three letters of the Latin alphabet. */
export function* latinTriples(): Generator<string> {
  for (const pair of products(latin, latin)) yield* products([pair], latin);
}

/** Single letters with which words begin. */
export function* initials(): Generator<string> {
  for (const alphabet of [latin, latin.toUpperCase(), 'äöüéàçñøåÄÖÜÉ', ...alphabets]) yield* alphabet;
}

function* products(heads: Iterable<string>, tails: Iterable<string>): Generator<string> {
  for (const head of heads) for (const tail of tails) yield head + tail;
}
