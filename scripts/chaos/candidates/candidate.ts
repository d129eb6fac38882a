import type { Ability } from '../server/abilities.ts';

/** What has to become of an update to a bad candidate. */
export type Expectation =
  | {
      readonly outcome: 'refused';
      /** One of these. */
      readonly errorTypes: readonly string[];
      /** Must be found in the message and the detail, taken together. */
      readonly says: RegExp;
    }
  /** Refused, or served in whatever form it was copied in: always the same scores, also after its engines were lost. */
  | { readonly outcome: 'harmless' }
  /** It serves, until requests show what it is: then the model before it is back, and it is refused from then on. */
  | { readonly outcome: 'rolled back'; readonly reason: RegExp; readonly provokedBy: readonly string[] };

/** A model that must not come to serve, or not for long. */
export interface Candidate {
  readonly what: string;
  readonly expected: Expectation;
  /** Writes the model into a directory that does not exist yet. */
  readonly write: (directory: string) => Promise<unknown>;
  /** What the update asks for beside the model. */
  readonly options?: object;
  /** What the server must have for it to be tried. */
  readonly needs?: Ability;
  /** What goes on beside the update; ends when it is aborted. */
  readonly meanwhile?: (directory: string, over: AbortSignal) => Promise<void>;
}

/** Shorthand for what is refused as no usable model. */
export function invalid(says: RegExp): Expectation {
  return { outcome: 'refused', errorTypes: ['invalid_model'], says };
}

/** Shorthand for what loads, but is refused for its answers. */
export function rejected(says: RegExp): Expectation {
  return { outcome: 'refused', errorTypes: ['rejected_by_gate'], says };
}
