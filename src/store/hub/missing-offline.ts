import { ServiceError } from '../../errors.ts';
import type { RepositoryFolder } from './cache/repository-folder.ts';
import type { HubReference } from './hub-reference.ts';
import { type ModelAt, pinnedReference } from './model-at.ts';
import { formatReference } from './model-reference.ts';

/** Waiting would not bring it: so it is not found, rather than unavailable. */
export function missingOffline(
  model: HubReference | ModelAt,
  searched: readonly RepositoryFolder[],
): ServiceError {
  const name = 'commit' in model ? pinnedReference(model) : formatReference(model);
  const places = searched.map(({ path }) => path).join(' and ');
  return new ServiceError(
    'model_not_found',
    `${name} is not complete on this machine, and the server is offline`,
    {
      detail: `Looked in ${places}. HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is set: put the model there with "hf download ${model.id}" on a machine with network, or switch them off.`,
    },
  );
}
