/** How documents come in, and go out. */
export const documentForms = ['lines', 'json', 'jsonl'] as const;

export type DocumentForm = (typeof documentForms)[number];

/** A document as it came in. */
export interface InputDocument {
  /** Where it stood: the line, or the element of the JSON list, counted from 0. */
  readonly index: number;
  /** What is scored. */
  readonly text: string;
  /** The object that it came as, to be passed on. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface RankedDocument extends InputDocument {
  readonly score: number;
}
