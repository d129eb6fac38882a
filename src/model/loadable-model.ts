import type { LoadRequest } from '../engine/protocol.ts';
import type { GraphDtype } from '../graph/plan-model.ts';
import type { StagedModel } from '../store/staging.ts';
import type { ServingPlan } from './plan/serving-plan.ts';

/** A staged model under the name by which it was asked for. */
export interface NamedModel extends StagedModel {
  readonly reference: string;
}

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

/** A model with all that is needed to load it. */
export interface LoadableModel extends NamedModel {
  readonly graph: ServableGraph;
  readonly plan: ServingPlan;
}
