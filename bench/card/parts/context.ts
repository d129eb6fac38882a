import type { Workload } from '../../serve/workload/workload.ts';
import type { ModelShape } from '../model-flop.ts';
import type { CardOptions, CardSize } from '../options.ts';
import type { TorchBaseline } from '../torch/torch-baseline.ts';

/** The model that is measured, and what is asked of it. */
export interface CardModel {
  readonly size: CardSize;
  readonly checkpoint: string;
  readonly shape: ModelShape;
  readonly workload: Workload;
}

/** What the parts of a run have in common. */
export interface CardContext {
  readonly options: CardOptions;
  /** For logs and for what rerankd keeps. */
  readonly directory: string;
  /** undefined where none was asked for, or it does not work. */
  readonly torch: TorchBaseline | undefined;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Values of the rounds, and where they lie. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly values: readonly number[];
}

export function spreadOver(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return { median, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN, values };
}
