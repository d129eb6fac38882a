import { applications } from './applications.ts';
import type { RecordedClient } from './exchange.ts';
import { modelServerClients } from './model-servers.ts';
import { vectorDatabases } from './vector-databases.ts';

export const recordedClients: readonly RecordedClient[] = [
  ...vectorDatabases,
  ...applications,
  ...modelServerClients,
];
