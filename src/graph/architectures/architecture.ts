import type { Layers } from '../layers/layers.ts';
import type { Value } from '../onnx/graph-builder.ts';

/** What goes into an encoder. */
export interface EncoderInputs {
  /** int64 [batch, sequence] */
  readonly ids: Value;
  /** int64 [batch, sequence]: 1 for tokens, 0 for padding, which stands at the end. */
  readonly mask: Value;
  /** int64 [batch]: the sums of the mask. */
  readonly lengths: Value;
  /** int64 [batch, sequence]: which of the two texts a token belongs to. Only there when `usesTokenTypes`. */
  readonly tokenTypes: Value;
}

/** One checkpoint's network, as its config.json describes it. */
interface CrossEncoder {
  /** Whether the model takes token_type_ids. */
  readonly usesTokenTypes: boolean;
  /**
   * Writes everything up to the classifier's outputs.
   * @returns float32 [batch, 1, labels]
   * @throws InvalidCheckpoint that names the tensor that is missing or has the wrong shape
   */
  write(layers: Layers, inputs: EncoderInputs): Value;
}

/**
 * Understands the config.json of one architecture.
 * @param labels outputs of the classifier
 * @throws InvalidCheckpoint that names the field
 */
export type Architecture = (config: unknown, labels: number) => CrossEncoder;
