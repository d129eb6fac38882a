import { parseReference } from './hub/model-reference.ts';
import type { ModelRoots } from './reference.ts';
import type { StoreInventory } from './retention/store-inventory.ts';

/** Of those that came from elsewhere. */
const MAX_LISTED = 1000;

/**
 * References that an update could name without bringing anything: the directories below the roots that look like models, and
 * what was made ready from hubs and by manifests.
 */
export async function availableModels(
  roots: Pick<ModelRoots, 'list'>,
  inventory: Pick<StoreInventory, 'namesOfModels'>,
): Promise<string[]> {
  const [local, names] = await Promise.all([roots.list(), inventory.namesOfModels()]);
  const remote = new Set(names.filter(isRemote));
  return [...local, ...[...remote].toSorted().slice(0, MAX_LISTED)];
}

/** Of local ones, the directory decides. */
function isRemote(reference: string): boolean {
  try {
    const { source } = parseReference(reference);
    return source === 'hub' || source === 'manifest';
  } catch {
    return false;
  }
}
