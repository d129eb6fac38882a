import { Counter, type Registry } from 'prom-client';
import { boundedLabel } from './bounded-label.ts';
import { startAtZero } from './start-at-zero.ts';

/** Whoever may update the model may name any host. */
const MOST_SOURCES = 20;

const RETRY_REASONS = [
  ['dns', 'connect', 'timeout', 'stalled', 'reset', 'status', 'throttled', 'truncated', 'too_long'],
  ['wrong_range', 'encoded', 'etag_changed', 'range_ignored', 'not_there', 'wrong_hash'],
].flat();

/** Where models came from, and what went wrong on the way. */
export function storeMetrics(registers: Registry[]) {
  const bytes = new Counter({
    name: 'rerankd_store_bytes_total',
    help: 'Bytes of models that came over the network, by the host that they came from.',
    labelNames: ['source'] as const,
    registers,
  });
  const sourceLabel = boundedLabel(MOST_SOURCES);
  return {
    storeBytes: {
      inc: ({ source }: { readonly source: string }, count: number): void =>
        bytes.inc({ source: sourceLabel(source) }, count),
    },
    storeRetries: startAtZero(
      new Counter({
        name: 'rerankd_store_retries_total',
        help: 'Requests for models that were made again, by what went wrong.',
        labelNames: ['reason'] as const,
        registers,
      }),
      RETRY_REASONS.map((reason) => ({ reason })),
    ),
    storeFailovers: new Counter({
      name: 'rerankd_store_failovers_total',
      help: 'Hubs and mirrors that answered in place of one before them.',
      registers,
    }),
    storeLookups: startAtZero(
      new Counter({
        name: 'rerankd_store_lookups_total',
        help: 'Models that were asked for, by where they were found: at a hub or server (remote), on disk, or still loaded (memory).',
        labelNames: ['tier'] as const,
        registers,
      }),
      ['remote', 'disk', 'memory'].map((tier) => ({ tier })),
    ),
    storeStaleServed: new Counter({
      name: 'rerankd_store_stale_served_total',
      help: 'Models that were given as they were known, because no hub answered.',
      registers,
    }),
    storeEvictions: startAtZero(
      new Counter({
        name: 'rerankd_store_evictions_total',
        help: 'What was deleted to keep the store within its budget.',
        labelNames: ['kind'] as const,
        registers,
      }),
      ['model', 'snapshot', 'manifest'].map((kind) => ({ kind })),
    ),
    storeDeltaSaved: new Counter({
      name: 'rerankd_store_delta_saved_bytes_total',
      help: 'Bytes that need not be fetched, because an earlier version has them.',
      registers,
    }),
  };
}
