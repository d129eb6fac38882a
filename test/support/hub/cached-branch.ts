import type { FakeHub } from '../fake-hub/fake-hub.ts';
import { HubStore, type HubStoreSettings } from './hub-store.ts';
import { checkpointFiles } from './repositories.ts';

/** A branch that is complete on this machine, at a hub that has moved on. */
export async function cachedBranch(hub: FakeHub, settings: Partial<HubStoreSettings> = {}) {
  const repository = hub.repository('org/name');
  const files = checkpointFiles();
  const commit = repository.commit(files);
  const store = await HubStore.open({ hubs: [hub.origin], ...settings });
  await store.fetch('org/name');
  const next = repository.commit({
    ...files,
    'config.json': '{"architectures": ["BertForSequenceClassification"]}',
  });
  hub.requests.clear();
  return { store, commit, next };
}
