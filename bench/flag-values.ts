/** The command line can't be used; the message says why. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

/** @throws OptionsError for a name that is not known. */
export function oneOf<T extends string>(flag: string, text: string, known: readonly T[]): T {
  const found = known.find((name) => name === text);
  if (found !== undefined) return found;
  throw new OptionsError(`--${flag} has no "${text}"; there are ${known.join(', ')}`);
}

/** Names separated by commas, each once. @throws OptionsError for one that is not known. */
export function namesOf<T extends string>(flag: string, text: string, known: readonly T[]): T[] {
  return [...new Set(text.split(',').map((name) => oneOf(flag, name, known)))];
}

/** @throws OptionsError for what is no number, a broken or a smaller one. */
export function wholeNumber(flag: string, text: string, least = 1): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least) return value;
  throw new OptionsError(`--${flag} must be a whole number from ${least}, not "${text}"`);
}

/** What an empty flag stands for: none. */
export function given(text: string): string | undefined {
  return text === '' ? undefined : text;
}
