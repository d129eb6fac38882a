import type { Layers } from '../layers/layers.ts';
import type { Value } from '../onnx/graph-builder.ts';

/** One checkpoint's network, as its config.json describes it. */
interface CrossEncoder {
  /** Whether the model takes token_type_ids. */
  readonly usesTokenTypes: boolean;
  /** Whether it can be written for packed tokens too: its attention depends on nothing but which of them belong together. */
  readonly packs: boolean;
  /** Whether it computes with the sizes of a batch, which ONNX Runtime does on the CPU, whatever the device. */
  readonly computesSizes: boolean;
  /**
   * Writes everything up to the classifier's outputs.
   * @returns float32 [batch, 1, labels]
   * @throws InvalidCheckpoint that names the tensor that is missing or has the wrong shape
   */
  write(layers: Layers): Value;
}

/**
 * Understands the config.json of one architecture.
 * @param labels outputs of the classifier
 * @throws InvalidCheckpoint that names the field
 */
export type Architecture = (config: unknown, labels: number) => CrossEncoder;
