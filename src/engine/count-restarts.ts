import { messageOf } from '../errors.ts';
import type { RestartReason } from '../platform/metrics/process-metrics.ts';
import type { Metrics } from '../platform/metrics.ts';
import { classifyFault } from './engine-fault.ts';

/** What a pool of processes tells the metrics of their ends. */
export function countRestarts({ engineRestarts, engineFailedStarts }: Metrics) {
  return {
    onRestart: (reason: string): void => engineRestarts.inc({ reason: restartReason(reason) }),
    onFailedStart: (error: unknown): void =>
      engineFailedStarts.inc({ reason: restartReason(messageOf(error)) }),
  };
}

/** One of a few, as labels have to be. */
function restartReason(message: string): RestartReason {
  const fault = classifyFault(message);
  if (fault !== undefined) return fault === 'device-lost' ? 'device_lost' : 'out_of_memory';
  return /gave no answer within/.test(message) ? 'hung' : 'ended';
}
