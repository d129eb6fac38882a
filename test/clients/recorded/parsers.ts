import { z } from 'zod';
import { documents } from './exchange.ts';

const rank = z.object({ index: z.int(), relevance_score: z.number() });
const text = z.object({ text: z.string() });

/** Cohere's answer, which most clients read: `results[].{index, relevance_score}`. */
export const results = z.object({ results: z.array(rank).min(1) });
export const RESULTS = ['results', 'results[].index', 'results[].relevance_score'] as const;

/** The same, of every document: the client puts the scores back to where the documents stood. */
export const allResults = z.object({ results: z.array(rank).length(documents.length) });

/** The same, with the document as an object. */
export const resultsWithDocuments = z.object({ results: z.array(rank.extend({ document: text })).min(1) });
export const RESULTS_WITH_DOCUMENTS = [...RESULTS, 'results[].document', 'results[].document.text'] as const;

/** The same, with the text that the client's own document has. */
export const resultsWithOwnTexts = (ownText: (index: number) => string) =>
  resultsWithDocuments.refine(({ results: ranked }) =>
    ranked.every(({ index, document }) => document.text === ownText(index)),
  );

/** Scores that a client compares with a threshold of its user. */
export const thresholdResults = z.object({
  results: z
    .array(rank.extend({ relevance_score: z.number().min(0).max(1), document: text.optional() }))
    .min(1),
});

/** TEI's bare array. */
export const ranks = z.array(z.object({ index: z.int(), score: z.number() })).length(documents.length);
export const RANKS = ['[].index', '[].score'] as const;

export const ranksWithTexts = z
  .array(z.object({ index: z.int(), score: z.number(), text: z.string() }))
  .min(1);

interface Results {
  readonly results: readonly { readonly index: number; readonly relevance_score: number }[];
}

type Ranks = readonly { readonly index: number; readonly score: number }[];

/** As the server ranked them. */
export const inOrder = ({ results: ranked }: Results): number[] => ranked.map(({ index }) => index);
export const inOrderOfRanks = (ranked: Ranks): number[] => ranked.map(({ index }) => index);

/** As the client ranks them, by the score. */
export const byScore = ({ results: ranked }: Results): number[] =>
  ranked.toSorted((a, b) => b.relevance_score - a.relevance_score).map(({ index }) => index);
export const byRankScore = (ranked: Ranks): number[] =>
  ranked.toSorted((a, b) => b.score - a.score).map(({ index }) => index);
