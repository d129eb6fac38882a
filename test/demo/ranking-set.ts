import { readFileSync } from 'node:fs';
import type { DemoScorer } from './demo-scorer.ts';

/** A question, the passage that answers it, and passages which share little words or one common word with it. */
export interface RankingCase {
  readonly language: string;
  readonly query: string;
  readonly right: string;
  readonly wrong: readonly string[];
}

/** A set of cases from the fixtures beside this file. */
export function rankingSet(name: string): RankingCase[] {
  return JSON.parse(readFileSync(new URL(`fixtures/ranking-${name}.json`, import.meta.url), 'utf8'));
}

/** The queries whose right passage doesn't come out strictly first. */
export async function misranked(scorer: DemoScorer, cases: readonly RankingCase[]): Promise<string[]> {
  const missed: string[] = [];
  for (const { query, right, wrong } of cases) {
    const [best = Number.NaN, ...others] = await scorer.score(query, [right, ...wrong]);
    if (!others.every((score) => score < best)) missed.push(query);
  }
  return missed;
}
