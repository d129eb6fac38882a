import type { TensorSpec } from '../weights/tensor-spec.ts';

/**
 * Spreads of random weights. With the usual 0.02 everywhere a fresh model gives all pairs nearly the same logit; these
 * keep activations near one through all layers and let different texts end in clearly different logits.
 */
const BIAS_DEVIATION = 0.05;
const NORM_DEVIATION = 0.1;

/** Gain of the last layer: logits of different pairs are then about one apart. */
export const HEAD_GAIN = 4;

/** A look-up table [rows, width]. */
export function embedding(name: string, rows: number, width: number, deviation: number): TensorSpec {
  return { name: `${name}.weight`, shape: [rows, width], mean: 0, deviation };
}

/** A weight [outputs, inputs] whose outputs have `gain` times the spread of its inputs. */
export function projection(name: string, inputs: number, outputs: number, gain: number): TensorSpec {
  return {
    name: `${name}.weight`,
    shape: [outputs, inputs],
    mean: 0,
    deviation: gain / Math.sqrt(inputs),
  };
}

/** A projection and its bias [outputs]. */
export function linear(name: string, inputs: number, outputs: number, gain: number): TensorSpec[] {
  return [projection(name, inputs, outputs, gain), bias(name, outputs)];
}

/** Layer normalisation: scale [width] and shift [width]. */
export function norm(name: string, width: number): TensorSpec[] {
  return [scale(name, width), { ...bias(name, width), deviation: NORM_DEVIATION }];
}

/** Layer normalisation without a shift. */
export function scale(name: string, width: number): TensorSpec {
  return { name: `${name}.weight`, shape: [width], mean: 1, deviation: NORM_DEVIATION };
}

function bias(name: string, width: number): TensorSpec {
  return { name: `${name}.bias`, shape: [width], mean: 0, deviation: BIAS_DEVIATION };
}
