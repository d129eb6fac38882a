import type { Check } from '../check.ts';
import { lookAtWritable } from '../writable.ts';

/** Can models of hubs be kept? */
export const hubCacheCheck: Check = {
  name: 'hub cache',
  async look({ config, machine }) {
    const finding = await lookAtWritable(machine, {
      path: config.store.cacheDirectory,
      setting: 'HF_HUB_CACHE',
      wantedFreeBytes: config.store.freeBytes,
      otherwise: 'Models of hubs go into the state directory instead.',
    });
    // There is another place for what would go there.
    return finding.status === 'problem' ? [{ ...finding, status: 'warning' }] : [finding];
  },
};
