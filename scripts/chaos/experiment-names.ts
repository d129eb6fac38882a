/** In the order in which they run. */
export const experimentNames = [
  'swaps',
  'kills',
  'engines',
  'candidates',
  'disk',
  'clients',
  'hold',
  'gpu',
] as const;

export type ExperimentName = (typeof experimentNames)[number];
