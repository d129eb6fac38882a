import { pseudoWords, type Script, scripts } from './pseudo-words.ts';
import type { TokenList } from './token-list.ts';

/** Shares of the writing systems in what a vocabulary is filled up with. */
export type Shares = Readonly<Partial<Record<Script, number>>>;

/**
 * Fills a list up with pseudo-words. The last script named takes what rounding leaves.
 * @param render gives the token of a word; every fourth word is to be one that only goes on another.
 */
export function fillUp(
  list: TokenList,
  shares: Shares,
  render: (word: string, goesOn: boolean) => string,
): void {
  const entries = Object.entries(shares) as [Script, number][];
  const room = list.size - list.length;
  for (const [index, [script, share]] of entries.entries()) {
    const last = index === entries.length - 1;
    let wanted = last ? list.size - list.length : Math.floor(room * share);
    for (const word of pseudoWords(script)) {
      if (wanted <= 0) break;
      const goesOn = !scripts[script].spaced || wanted % 4 === 0;
      if (list.add(render(word, goesOn))) wanted--;
    }
  }
}
