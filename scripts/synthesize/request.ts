import type { ArchitectureName, Shape, SizeName } from './architectures/architecture.ts';
import { architectures } from './architectures/registry.ts';
import { SynthesisError } from './errors.ts';
import type { Dtype } from './weights/dtype.ts';

/** What checkpoint is to be written, and where. */
export interface CheckpointRequest {
  readonly architecture: ArchitectureName;
  readonly size: SizeName;
  readonly directory: string;
  /** Same seed, same weights. */
  readonly seed: number;
  readonly dtype: Dtype;
  /** Logits of the classifier; rerankers have one. */
  readonly labels: number;
  /** Weights that a file may hold, in bytes. */
  readonly maxShardBytes: number;
  /** Replace a model that is there already. */
  readonly force: boolean;
}

/** What a request has where nothing is said; the size of a file is that of transformers. */
export const requestDefaults = {
  seed: 0,
  dtype: 'fp32',
  labels: 1,
  maxShardBytes: 50e9,
  force: false,
} as const satisfies Partial<CheckpointRequest>;

/** @throws SynthesisError when the family has no model of that size. */
export function shapeOf(architecture: ArchitectureName, size: SizeName): Shape {
  const { sizes } = architectures[architecture];
  const shape = sizes[size];
  if (shape !== undefined) return shape;
  throw new SynthesisError(
    `There is no ${size} ${architecture}: the sizes of ${architecture} are ${Object.keys(sizes).join(', ')}.`,
  );
}
