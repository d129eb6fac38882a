/** Rows in a rectangle, with padding; or back to back, without. */
export type TokenLayout = 'padded' | 'packed';

/** Only packed models have it: int32 [batch + 1], where each sequence begins, and where the last one ends. */
export const BOUNDS_INPUT = 'cumulative_lengths';

/** How a model takes its tokens, by its inputs. */
export function tokenLayout(inputs: readonly { readonly name: string }[]): TokenLayout {
  return inputs.some(({ name }) => name === BOUNDS_INPUT) ? 'packed' : 'padded';
}
