import type { Check } from '../check.ts';
import { lookAtWritable } from '../writable.ts';

/** Can the state directory be written, and is there room? */
export const stateDirectoryCheck: Check = {
  name: 'state directory',
  async look({ config, machine }) {
    return [
      await lookAtWritable(machine, {
        path: config.stateDirectory,
        setting: 'RERANK_STATE_DIR',
        wantedFreeBytes: config.store.freeBytes,
        otherwise:
          'A server that starts all the same keeps nothing: neither the last good model nor compiled graphs.',
      }),
    ];
  },
};
