import type { RunningServer } from '../../server/start-server.ts';
import type { RequestFile, SizedRequest } from '../workload/request-file.ts';

export const contenderNames = [
  'rerankd-int8',
  'rerankd-fp32',
  'naive-node',
  'python',
  'cross-encoder',
] as const;

export type ContenderName = (typeof contenderNames)[number];

/** What a library did in one round. */
export interface LibraryRound {
  readonly seconds: number;
  readonly documents: number;
  readonly tokens: number;
  readonly latenciesMs: readonly number[];
}

/** A library without a server around it, one request after the other. Disposing it ends it. */
export interface RunningLibrary extends AsyncDisposable {
  readonly pid: number;
  /** Scores of the first request. */
  scores(): Promise<number[]>;
  round(seconds: number): Promise<LibraryRound>;
}

/** Answers POST /rerank. */
export interface ServerContender {
  readonly kind: 'server';
  readonly name: ContenderName;
  /** @param signal gives up the start. Nothing is left running then. */
  start(signal: AbortSignal): Promise<RunningServer>;
}

export interface LibraryContender {
  readonly kind: 'library';
  readonly name: ContenderName;
  /** @param signal gives up the start, and later all that is under way. */
  start(file: RequestFile, signal: AbortSignal): Promise<RunningLibrary>;
}

export type Contender = ServerContender | LibraryContender;

/** Asks a server for the scores of one request, in the order of its documents. */
export async function scoresOf(
  server: RunningServer,
  { query, documents }: SizedRequest,
  signal: AbortSignal,
): Promise<number[]> {
  const response = await fetch(`${server.url}/rerank`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, documents }),
    signal,
  });
  if (response.status !== 200)
    throw new Error(`/rerank answered ${response.status}: ${await response.text()}`);
  const { results } = (await response.json()) as { results: { index: number; relevance_score: number }[] };
  return results.toSorted((a, b) => a.index - b.index).map((result) => result.relevance_score);
}
