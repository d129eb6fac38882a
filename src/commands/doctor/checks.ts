import type { Check } from './check.ts';
import { accessCheck } from './checks/access.ts';
import { clockCheck } from './checks/clock.ts';
import { deviceCheck } from './checks/device.ts';
import { hubCacheCheck } from './checks/hub-cache.ts';
import { limitsCheck } from './checks/limits.ts';
import { memoryCheck } from './checks/memory.ts';
import { modelCheck } from './checks/model.ts';
import { modelsDirectoriesCheck } from './checks/models-directories.ts';
import { namedFilesCheck } from './checks/named-files.ts';
import { networkCheck } from './checks/network.ts';
import { nodeCheck } from './checks/node.ts';
import { portCheck } from './checks/port.ts';
import { processorsCheck } from './checks/processors.ts';
import { settingsCheck } from './checks/settings.ts';
import { stateDirectoryCheck } from './checks/state-directory.ts';
import { tokenizersCheck } from './checks/tokenizers.ts';

/** Everything that is looked at, in the order in which it is shown. */
export const checks: readonly Check[] = [
  nodeCheck,
  settingsCheck,
  namedFilesCheck,
  accessCheck,
  portCheck,
  deviceCheck,
  tokenizersCheck,
  processorsCheck,
  memoryCheck,
  limitsCheck,
  stateDirectoryCheck,
  modelsDirectoriesCheck,
  hubCacheCheck,
  modelCheck,
  networkCheck,
  clockCheck,
];
