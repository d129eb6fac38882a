import type { Dtype } from '../../model/model-directory.ts';
import type { HistoryEntry, ModelEntry, ServingState } from './serving-state.ts';

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
    quarantined: [],
  };
}

/** The state after `next` has taken over. The history holds every content once, the newest first. */
export function afterSwap(state: ServingState, next: ModelEntry, since: Date, keep: number): ServingState {
  const others = state.history.filter((entry) => entry.digest !== next.digest || entry.dtype !== next.dtype);
  const before = entryOf(state);
  const isSame = before.digest === next.digest && before.dtype === next.dtype;
  return {
    ...next,
    previous: isSame ? state.previous : before,
    pending: null,
    bootAttempts: 0,
    history: [{ ...next, since: since.toISOString() }, ...others].slice(0, keep),
    // Whoever let it serve again has changed their mind.
    quarantined: state.quarantined.filter(({ digest }) => digest !== next.digest),
  };
}

/** Quarantined contents that are remembered, the newest first. */
const MAX_QUARANTINED = 32;

/** The state after `bad` was taken back: neither a rollback nor a restart goes there any more. */
export function afterQuarantine(
  state: ServingState,
  bad: ModelEntry,
  reason: string,
  since: Date,
): ServingState {
  const { model, digest } = bad;
  const entry = { model, digest, reason, since: since.toISOString() };
  const isBad = (other: ModelEntry): boolean => other.digest === digest;
  return {
    ...state,
    previous: state.previous && isBad(state.previous) ? null : state.previous,
    history: state.history.filter((other) => !isBad(other)),
    quarantined: [entry, ...state.quarantined.filter((other) => other.digest !== digest)].slice(
      0,
      MAX_QUARANTINED,
    ),
  };
}

/** What to try at start, the best first. Models over which the process keeps dying lose their turn. */
export function bootCandidates(state: ServingState): ModelEntry[] {
  const distinct = new Map<string, ModelEntry>();
  for (const entry of [state, state.previous, ...state.history]) {
    if (entry === null) continue;
    const key = `${entry.digest} ${entry.dtype}`;
    if (!distinct.has(key)) distinct.set(key, entryOf(entry));
  }
  return [...distinct.values()].slice(Math.floor(state.bootAttempts / ATTEMPTS_PER_MODEL));
}

/** An entry of a history as it is shown. */
export interface ShownEntry extends HistoryEntry {
  /** The form that was asked for, by the settings where nobody said. */
  readonly dtype: Dtype;
  /** This is the one that serves. */
  readonly serves: boolean;
}

/** The history for people: one content may be in it in several forms. */
export function shownHistory(state: ServingState, configured: Dtype): ShownEntry[] {
  return state.history.map((entry) => ({
    ...entry,
    dtype: entry.dtype ?? configured,
    serves: entry.digest === state.digest && entry.dtype === state.dtype,
  }));
}

/** The entry that an operator means by a reference or by (the start of) a digest, and by the form where they say one. */
export function findInHistory(
  history: readonly HistoryEntry[],
  to: string,
  { dtype, configured }: { readonly dtype?: Dtype | undefined; readonly configured: Dtype },
): HistoryEntry | undefined {
  const digest = to.replace(/^sha256:/, '');
  return history.find(
    (entry) =>
      (entry.model === to || (digest.length >= 8 && entry.digest.startsWith(digest))) &&
      (dtype === undefined || dtype === (entry.dtype ?? configured)),
  );
}

/** Contents that must stay on disk: everything that a restart or a rollback may ask for. */
export function referencedDigests(state: ServingState): Set<string> {
  return new Set([state, state.previous, ...state.history].flatMap((entry) => entry?.digest ?? []));
}

/** Without what else a longer object has. */
function entryOf({ model, digest, dtype }: ModelEntry): ModelEntry {
  return { model, digest, ...(dtype && { dtype }) };
}
