import type { Dtype } from '../../model/model-directory.ts';
import type { HistoryEntry, ModelEntry, Quarantined, ServingState } from './serving-state.ts';

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

/** What a change of the state goes by, besides the models. */
export interface HistoryTerms {
  readonly since: Date;
  /** The form of those for which nobody asked for another one. */
  readonly configured: Dtype;
}

/**
 * The state after `next` has taken over. The history holds every content once, the newest first.
 * @param keep so many of them.
 */
export function afterSwap(
  state: ServingState,
  next: ModelEntry,
  { since, configured }: HistoryTerms,
  keep: number,
): ServingState {
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
    quarantined: state.quarantined.filter((entry) => !concerns(entry, next, configured)),
  };
}

/** Quarantined contents that are remembered, the newest first. */
const MAX_QUARANTINED = 32;

/**
 * The state after `bad` was taken back: neither a rollback nor a restart goes there any more. Where the same content serves in
 * another form, only the form is to blame; where it serves in just that form, nothing else can, and it goes on.
 */
export function afterQuarantine(
  state: ServingState,
  bad: ModelEntry,
  reason: string,
  { since, configured }: HistoryTerms,
): ServingState {
  const { model, digest } = bad;
  const dtype = state.digest === digest ? { dtype: bad.dtype ?? configured } : {};
  const entry: Quarantined = { model, digest, ...dtype, reason, since: since.toISOString() };
  if (concerns(entry, state, configured)) return state;
  const isGood = (other: ModelEntry): boolean => !concerns(entry, other, configured);
  // One of a whole content takes the place of those of its forms.
  const others = state.quarantined.filter(
    (other) => other.digest !== digest || (entry.dtype !== undefined && other.dtype !== entry.dtype),
  );
  return {
    ...state,
    previous: state.previous && isGood(state.previous) ? state.previous : null,
    history: state.history.filter(isGood),
    quarantined: [entry, ...others].slice(0, MAX_QUARANTINED),
  };
}

/** Whether a quarantine holds for a content in a form. */
export function concerns(
  { digest, dtype }: Quarantined,
  model: Pick<ModelEntry, 'digest' | 'dtype'>,
  configured: Dtype,
): boolean {
  return digest === model.digest && (dtype === undefined || dtype === (model.dtype ?? configured));
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
