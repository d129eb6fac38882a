import type { ObservedNorm } from '../layers/observed-products.ts';
import type { GraphFormat } from '../plan-model.ts';

/** The wire between the parent and a compiler process; payloads are JSON. */
export const CompileCall = { plan: 1, write: 2, finish: 3 } as const;

/** The payload of a plan call. */
export interface CompileRequest {
  /** A directory with config.json and the files of a safetensors checkpoint. */
  readonly checkpoint: string;
  /** An empty directory for the result. It may hold links to the checkpoint's files, by the same names. */
  readonly target: string;
  /** What to write: the model in a format, or the graph that observes channel widths. */
  readonly graph: GraphFormat | 'observer';
}

/** The answer to a plan call. */
export interface CompileSteps {
  /** Calls of `write`, with the numbers 0 to steps - 1 as payload, that fill the weights file. */
  readonly steps: number;
  /** What the parts of an observer's output belong to; empty for a model. */
  readonly norms: readonly ObservedNorm[];
}
