import type { Dtype } from '../../model/model-directory.ts';

/** What to serve: a reference, and the exact content behind it where that is known. */
export interface Target {
  readonly reference: string;
  readonly digest?: string;
  /** The form to serve it in, where it is not the configured one. */
  readonly dtype?: Dtype | undefined;
}
