import type { CardResults } from '../run.ts';

/** What is asked of a card of a data centre, and what was found. */
export interface Judged {
  readonly name: string;
  /** In words. */
  readonly asked: string;
  readonly measured: number;
  /** False where it could not be measured. */
  readonly isMet: boolean;
}

const LEAST_MATMUL_SHARE = 0.4;

const LEAST_BY_TORCH = 1;

const MOST_SINGLE_MS = 60;

const MOST_DIFFERENCE = 5e-3;

const LEAST_TAU = 0.99;

/** Shapes that are served for real. The tiny one tries the bench. */
const REAL: ReadonlySet<string> = new Set(['base', 'large']);

/** Of v2-m3 alone: what a person waits for. */
const WAITED_FOR: ReadonlySet<string> = new Set(['large']);

/** Holds the figures against what is asked of their size. What was not measured is not listed, and not met. */
export function limits(results: Pick<CardResults, 'throughput' | 'single' | 'agreement'>): Judged[] {
  const throughput = results.throughput
    .filter(({ size }) => REAL.has(size))
    .flatMap(({ size, server, serverByTorch }) => [
      atLeast(
        `${size}: share of the matmul rate, over HTTP`,
        LEAST_MATMUL_SHARE,
        server.shareOfMatmul.median,
      ),
      atLeast(`${size}: over HTTP / PyTorch fp16 SDPA`, LEAST_BY_TORCH, serverByTorch?.median ?? Number.NaN),
    ]);
  const single = results.single
    .filter(({ size }) => WAITED_FOR.has(size))
    .map(({ size, documents, p50Ms }) =>
      atMost(`${size}: one request of ${documents} documents, p50 ms`, MOST_SINGLE_MS, p50Ms),
    );
  const agreement = results.agreement
    .filter(({ size }) => REAL.has(size))
    .flatMap(({ size, card }) => [
      atMost(`${size}: largest difference of logits / their spread`, MOST_DIFFERENCE, card.largestBySpread),
      atLeast(`${size}: Kendall tau`, LEAST_TAU, card.kendallTau),
    ]);
  return [...throughput, ...single, ...agreement];
}

function atLeast(name: string, limit: number, measured: number): Judged {
  return { name, asked: `≥ ${limit}`, measured, isMet: measured >= limit };
}

function atMost(name: string, limit: number, measured: number): Judged {
  return { name, asked: `≤ ${limit}`, measured, isMet: measured <= limit };
}
