import { RandomBits } from '../weights/random-bits.ts';
import { commonHan, commonHangul } from './characters.ts';

/** How syllables of a writing system are put together: one of each list, in order. */
interface Syllables {
  readonly onsets: readonly string[];
  readonly nuclei: readonly string[];
  readonly codas: readonly string[];
  /** Syllables of a word: from, to. */
  readonly length: readonly [number, number];
  /** Whether words are set apart by spaces. */
  readonly spaced: boolean;
}

const letters = (list: string): string[] => Array.from(list);
const units = (list: string): string[] => list.split(' ').map((unit) => unit.replace('-', ''));

/** The writing systems that a vocabulary is filled up with. */
export const scripts = {
  latin: {
    onsets: units(
      '- b br c ch cl cr d dr f fl fr g gr h j k l m n p ph pl pr qu r s sc sh sk sl sp st str t th tr v w z',
    ),
    nuclei: units('a a e e i i o o u ai au ea ee ia ie io oo ou'),
    codas: units('- - - c d l ll m n nd ng nt r rd rt s ss st t x'),
    length: [2, 3],
    spaced: true,
  },
  cyrillic: {
    onsets: letters('бвгджзклмнпрстфхцчшщ'),
    nuclei: letters('аеиоуыюя'),
    codas: units('- - - в й л м н р с т х ть'),
    length: [1, 3],
    spaced: true,
  },
  greek: {
    onsets: letters('βγδζθκλμνξπρστφχψ'),
    nuclei: units('α ε η ι ο υ ω ά έ ή ί ό αι ει ου'),
    codas: units('- - - ν ς'),
    length: [1, 3],
    spaced: true,
  },
  arabic: {
    onsets: letters('بتثجحخدذرزسشصضطظعغفقكلمنهوي'),
    nuclei: units('- - ا ي و'),
    codas: letters('بتجدرسعفقكلمنهةي'),
    length: [1, 3],
    spaced: true,
  },
  hebrew: {
    onsets: letters('אבגדהוזחטיכלמנסעפצקרשת'),
    nuclei: units('- - ו י ה'),
    codas: letters('בגדהחטלמנסרשתםן'),
    length: [1, 2],
    spaced: true,
  },
  devanagari: {
    onsets: letters('कखगघचछजझटठडढतथदधनपफबभमयरलवशसह'),
    nuclei: units('- ा ि ी ु ू े ै ो'),
    codas: units('- - ं न र त'),
    length: [1, 3],
    spaced: true,
  },
  bengali: {
    onsets: letters('কখগঘচছজটডতথদধনপফবভমযরলশসহ'),
    nuclei: units('- া ি ী ু ে ো'),
    codas: units('- - ন র ত'),
    length: [1, 3],
    spaced: true,
  },
  thai: {
    onsets: letters('กขคงจชซดตทนบปผพฟมยรลวสหอ'),
    nuclei: units('า ี ิ ุ ู ะ ั ่า ้า ือ'),
    codas: units('- น ง ม ก บ ด ย'),
    length: [1, 2],
    spaced: false,
  },
  hangul: { onsets: [...commonHangul()], nuclei: [''], codas: [''], length: [2, 3], spaced: true },
  kana: {
    onsets: letters(
      'あいうえおかがきくけこさしすせそただちつてとなにぬねのはばひふへほまみむめもやゆよらりるれろわをん',
    ),
    nuclei: [''],
    codas: [''],
    length: [2, 4],
    spaced: false,
  },
  katakana: {
    onsets: letters(
      'アイウエオカガキギクグケコサシスセソタダチツテデトドナニネノハバパヒビフブプホマミムメモラリルレロワン',
    ),
    nuclei: units('- - ー ッ'),
    codas: [''],
    length: [2, 4],
    spaced: false,
  },
  han: { onsets: [...commonHan()], nuclei: [''], codas: [''], length: [2, 2], spaced: false },
} as const satisfies Record<string, Syllables>;

export type Script = keyof typeof scripts;

/** An endless row of words that could be, the same in every run; now and then a word comes again. */
export function* pseudoWords(script: Script): Generator<string> {
  const { onsets, nuclei, codas, length }: Syllables = scripts[script];
  const random = new RandomBits(0, `pseudo-words ${script}`);
  const pick = (list: readonly string[]): string => list[random.below(list.length)] as string;
  for (;;) {
    const [from, to] = length;
    const syllables = from + random.below(to - from + 1);
    let word = '';
    for (let k = 0; k < syllables; k++) word += pick(onsets) + pick(nuclei) + pick(codas);
    yield word;
  }
}
