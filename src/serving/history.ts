import type { HistoryEntry, ModelEntry, ServingState } from './state-file.ts';

/** Starts that may die before one comes up, until the model is suspected and the one before it is tried. */
const ATTEMPTS_PER_MODEL = 3;

/** The state of a server that serves `current` and was never updated. */
export function initialState(current: ModelEntry, since: Date): ServingState {
  return {
    ...current,
    previous: null,
    pending: null,
    bootAttempts: 0,
    history: [{ ...current, since: since.toISOString() }],
  };
}

/** The state after `next` has taken over. The history holds every content once, the newest first. */
export function afterSwap(state: ServingState, next: ModelEntry, since: Date, keep: number): ServingState {
  const others = state.history.filter((entry) => entry.digest !== next.digest);
  const previous = { model: state.model, digest: state.digest };
  return {
    ...next,
    previous: previous.digest === next.digest ? state.previous : previous,
    pending: null,
    bootAttempts: 0,
    history: [{ ...next, since: since.toISOString() }, ...others].slice(0, keep),
  };
}

/** What to try at start, the best first. Models over which the process keeps dying lose their turn. */
export function bootCandidates(state: ServingState): ModelEntry[] {
  const all = [{ model: state.model, digest: state.digest }, state.previous, ...state.history];
  const distinct = new Map<string, ModelEntry>();
  for (const entry of all) {
    if (entry && !distinct.has(entry.digest))
      distinct.set(entry.digest, { model: entry.model, digest: entry.digest });
  }
  return [...distinct.values()].slice(Math.floor(state.bootAttempts / ATTEMPTS_PER_MODEL));
}

/** The entry that an operator means by a reference or by (the start of) a digest. */
export function findInHistory(history: readonly HistoryEntry[], to: string): HistoryEntry | undefined {
  const digest = to.replace(/^sha256:/, '');
  return history.find(
    (entry) => entry.model === to || (digest.length >= 8 && entry.digest.startsWith(digest)),
  );
}

/** Contents that must stay on disk: everything that a restart or a rollback may ask for. */
export function referencedDigests(state: ServingState): Set<string> {
  return new Set([state, state.previous, ...state.history].flatMap((entry) => entry?.digest ?? []));
}
