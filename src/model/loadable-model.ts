import type { StagedModel } from '../store/staging.ts';
import type { ServingPlan } from './plan/serving-plan.ts';
import type { ServableGraph } from './servable-graph.ts';

/** A staged model under the name by which it was asked for. */
export interface NamedModel extends StagedModel {
  readonly reference: string;
}

/** A model with all that is needed to load it. */
export interface LoadableModel extends NamedModel {
  readonly graph: ServableGraph;
  readonly plan: ServingPlan;
}
