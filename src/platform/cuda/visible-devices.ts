/** Words that name no card, beside numbers below zero and nothing at all. What follows one of them does not count. */
const NONE = /^\s*(-.*|NoDevFiles|none|void)?\s*$/;

/** @param visible CUDA_VISIBLE_DEVICES. @returns whether it hides every card, which somebody has meant. */
export function hidesEveryCard(visible: string | undefined): boolean {
  return visible !== undefined && NONE.test(visible);
}
