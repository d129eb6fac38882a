/** Logistic function: a cross-encoder's logit as a probability-like score from 0 to 1. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
