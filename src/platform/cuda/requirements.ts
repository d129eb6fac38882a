/** What a major version of CUDA asks for: the first driver that has it, and the first generation of cards. */
export const LEAST: Readonly<Record<number, { readonly driver: number; readonly capability: number }>> = {
  12: { driver: 525, capability: 5 },
  13: { driver: 580, capability: 7.5 },
};

/** The one that is brought where nothing speaks against it. */
export const NEWEST = 13;

/** Is CUDA of that version too new for a driver or a card? @param driver its version, such as 580.65.06 @param capability of the card, where that is known */
export function isTooOldForNewest(driver: string, capability: number | undefined): boolean {
  const least = LEAST[NEWEST];
  if (least === undefined) return false;
  return Number.parseInt(driver, 10) < least.driver || (capability ?? least.capability) < least.capability;
}
