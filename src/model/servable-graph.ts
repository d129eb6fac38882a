import type { LoadRequest } from '../engine/protocol.ts';
import type { GraphDtype } from '../graph/plan-model.ts';

/** What engines load for a model. */
export interface ServableGraph extends Pick<LoadRequest, 'modelFile' | 'optimization' | 'onlyDevice'> {
  /** Everything that engines read: the graph and the weights. */
  readonly files: readonly string[];
  readonly dtype: GraphDtype | 'as exported';
  /** Size of the weights where they are computed with, for planning memory. */
  readonly weightBytes: number;
  /** All engines map the same pages; otherwise each holds the weights for itself. */
  readonly isShared: boolean;
}
