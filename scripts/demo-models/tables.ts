import { type Tensor, tensor } from '../../src/graph/onnx/tensor.ts';
import type { Piece } from './piece.ts';
import { comparedPrefixes, PrefixNumbers } from './prefixes.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Rows of the feature table, in order. */
export const features = ['start', 'continuation', 'length', 'whole', 'prefix', 'bond', 'exact'] as const;

/** A row of the feature table. */
export type Feature = (typeof features)[number];

const featureOf: Readonly<Record<Feature, (piece: Piece) => number>> = {
  start: ({ position }) => Number(position === 'start'),
  continuation: ({ position }) => Number(position === 'continuation'),
  length: ({ length }) => length,
  whole: ({ whole }) => whole,
  prefix: ({ prefix }) => prefix,
  bond: ({ bond }) => bond,
  exact: ({ exact }) => Number(exact),
};

/** What the graph looks up: [rows, token ids]. Ids beyond a table's last column share that column. */
export interface Tables {
  /** A row for each of `features`, uint8; weights in hundredths. All Han characters share the last column. */
  readonly features: Tensor;
  /** Prefix numbers, uint16: 3 characters of a start or 1 of an inner piece; 2 of an inner piece. */
  readonly prefixes: Tensor;
  /** Prefix numbers, uint16, of listed words, the only longer pieces: 4, 5 and 6 characters. The last column is empty. */
  readonly longPrefixes: Tensor;
}

/** The look-up tables of a vocabulary. */
export function buildTables({ pieces, firstHan, firstOfScripts }: Vocabulary): Tables {
  const columns = pieces.slice(0, firstHan + 1);
  const listed = pieces.slice(0, firstOfScripts);
  const numbers = new PrefixNumbers();
  const [shortest = 0, ...longer] = comparedPrefixes.start;
  const [first = 0, second = 0] = comparedPrefixes.continuation;
  const prefixRow = (start: number, inner: number): number[] =>
    columns.map((piece) => numbers.of(piece, piece.position === 'start' ? start : inner));
  return {
    features: table(
      'uint8',
      features.map((feature) => columns.map(featureOf[feature])),
    ),
    prefixes: table('uint16', [prefixRow(shortest, first), prefixRow(Number.POSITIVE_INFINITY, second)]),
    longPrefixes: table(
      'uint16',
      longer.map((length) => [...listed.map((piece) => numbers.of(piece, length)), 0]),
    ),
  };
}

function table(type: 'uint8' | 'uint16', rows: readonly (readonly number[])[]): Tensor {
  return tensor(type, [rows.length, rows[0]?.length ?? 0], rows.flat());
}
