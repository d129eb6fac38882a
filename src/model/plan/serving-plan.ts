import type { ServableGraph } from '../servable-graph.ts';
import { autoBatchTokens } from './batch-tokens.ts';
import { type EnginePlan, type EnginePlanRequest, planEngines } from './engine-plan.ts';

/** How a model is spread over processes, threads and batches. */
export interface ServingPlan extends EnginePlan {
  /** Tokens of one batch, padding included; a longer pair makes a batch of its own. */
  readonly batchTokens: number;
}

/** What the operator has decided, and what the machine has. */
export interface PlanSettings extends Pick<EnginePlanRequest, 'device' | 'engines' | 'threads' | 'budget'> {
  readonly maxBatchTokens: number | 'auto';
}

/** The plan when nothing was measured. */
export function defaultPlan(settings: PlanSettings, graph: ServableGraph): ServingPlan {
  const { device, maxBatchTokens } = settings;
  return {
    ...planEngines({ ...settings, ...graph }),
    batchTokens: maxBatchTokens === 'auto' ? autoBatchTokens(device, graph.dtype) : maxBatchTokens,
  };
}
