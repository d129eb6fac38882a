/** A tensor of a checkpoint: what it is called, how large it is, and how its numbers are spread. */
export interface TensorSpec {
  /** As transformers' `state_dict` has it. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
}

export function elementsOf({ shape }: TensorSpec): number {
  return shape.reduce((product, size) => product * size, 1);
}
