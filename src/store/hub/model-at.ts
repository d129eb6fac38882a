import type { Dtype } from '../model-layout.ts';
import { formatReference } from './model-reference.ts';

/** A model at one commit, and the form it is wanted in. */
export interface ModelAt {
  readonly id: string;
  readonly commit: string;
  readonly subpath: string | undefined;
  readonly dtype: Dtype;
}

/** `hf://org/name@<commit>[/folder]`: means the same for ever. */
export function pinnedReference({ id, commit, subpath }: Omit<ModelAt, 'dtype'>): string {
  return formatReference({ source: 'hub', id, revision: commit, subpath, explicit: true });
}

/** The path in the repository of a file of the model. */
export function pathInRepository({ subpath }: ModelAt, path: string): string {
  return subpath === undefined ? path : `${subpath}/${path}`;
}
