import { type Middle, middleOf } from '../../../scripts/measuring/statistics.ts';
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
export interface Spread extends Middle {
  readonly values: readonly number[];
}

export function spreadOver(values: readonly number[]): Spread {
  return { ...middleOf(values), values };
}
