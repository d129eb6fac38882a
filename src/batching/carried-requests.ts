import type { PendingPair } from './pending-pair.ts';

/** A log line names no more; how many there are it says all the same. */
const MOST_NAMED = 32;

/** Which requests a batch has pairs of, for the logs. Without their texts. */
export interface CarriedRequests {
  readonly requests: number;
  readonly requestIds: readonly string[];
  readonly trace_ids?: readonly string[];
}

/** Each request once, however many pairs it has. A pair that several requests wait for names all of them; at most 32 are named. */
export function carriedRequests(pairs: readonly PendingPair[]): CarriedRequests {
  const traces = new Map(pairs.flatMap((pair) => pair.traces).map((trace) => [trace.requestId, trace]));
  const named = [...traces.values()].slice(0, MOST_NAMED);
  const traceIds = named.flatMap(({ traceId }) => traceId ?? []);
  return {
    requests: traces.size,
    requestIds: named.map(({ requestId }) => requestId),
    ...(traceIds.length > 0 && { trace_ids: traceIds }),
  };
}
