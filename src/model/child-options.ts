import { countRestarts } from '../engine/count-restarts.ts';
import type { GenerationSettings } from './generation-settings.ts';

/** What a generation shares with the processes that it is made of. */
export type ChildSettings = Pick<
  GenerationSettings,
  'childEnv' | 'clock' | 'logger' | 'loadTimeoutMs' | 'metrics'
>;

/** The options that all child processes of one generation have in common. */
export function childOptions({ childEnv, clock, logger, loadTimeoutMs, metrics }: ChildSettings) {
  return { env: childEnv, clock, logger, loadTimeoutMs, ...countRestarts(metrics) };
}
