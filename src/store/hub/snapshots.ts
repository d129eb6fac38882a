import type { FetchWork } from '../fetch-work.ts';
import type { Dtype } from '../model-layout.ts';
import type { HubReference } from './hub-reference.ts';

/** A model of a hub that is on this machine as a whole. */
export interface Snapshot {
  readonly directory: string;
  /** `hf://org/name@<40 hex>[/folder]`. */
  readonly reference: string;
  /** Of the whole commit, whichever folder of it is meant: `hf://org/name@<40 hex>`. */
  readonly copyReference: string;
  /** No hub could be asked: it is what the branch or tag meant before. */
  readonly stale: boolean;
  /** Paths in the directory of the files that the model needs. */
  readonly files: readonly string[];
}

export interface Snapshots {
  /**
   * Looks only at this machine. A branch means what it meant when it was last looked up.
   * @param dtype decides which ONNX export is meant where there are several
   */
  find(reference: HubReference, dtype?: Dtype): Promise<Snapshot | undefined>;
  /**
   * Has a model on this machine: without any request if its commit is known and it is complete.
   * @throws ServiceError model_not_found, source_failed, invalid_model or insufficient_storage.
   */
  fetch(reference: HubReference, work: FetchWork, dtype?: Dtype): Promise<Snapshot>;
}
