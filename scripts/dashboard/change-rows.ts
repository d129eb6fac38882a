import type { Row } from './panel.ts';
import { increase, of, quantile, rate } from './promql.ts';

/** How models change, and where they come from. */
export const changeRows: readonly Row[] = [
  {
    title: 'Changes of the model',
    panels: [
      {
        title: 'Swap timeline',
        description:
          'Which phase an update, rollback or preload is in. Short phases fall between two scrapes.',
        kind: 'state-timeline',
        width: 16,
        series: [[of('rerankd_operation_running'), '{{instance}} {{kind}}: {{phase}}']],
      },
      {
        title: 'Outcomes',
        description: 'Finished operations.',
        series: [[`sum by (kind, outcome) (${increase('rerankd_swaps_total')}) > 0`, '{{kind}} {{outcome}}']],
      },
      {
        title: 'Time of the phases (p95)',
        description: 'Fetch and compile are long for a model that was never here.',
        unit: 's',
        series: [[quantile(0.95, 'rerankd_swap_phase_duration_seconds', '', 'phase'), '{{phase}}']],
      },
      {
        title: 'Time of a whole change (p95)',
        description: 'Drain included.',
        unit: 's',
        series: [[quantile(0.95, 'rerankd_swap_duration_seconds'), 'p95']],
      },
      {
        title: 'Write lock held (p99), and requests that waited',
        description: 'Microseconds in mode beside. In mode hold, requests wait for as long as a load takes.',
        unit: 's',
        series: [
          [quantile(0.99, 'rerankd_swap_lock_held_seconds'), 'lock held'],
          [`sum(${increase('rerankd_swap_held_requests_total')})`, 'requests that waited'],
        ],
      },
    ],
  },
  {
    title: 'Probation',
    panels: [
      {
        title: 'On probation',
        description: 'The model that serves is being watched, and the one before it stays loaded.',
        kind: 'state-timeline',
        series: [[of('rerankd_probation_running'), '{{instance}}']],
      },
      {
        title: 'Outcomes',
        description:
          'rolled_back: the model before came back by itself, and the new content is in quarantine.',
        series: [[`sum by (outcome) (${increase('rerankd_probations_total')})`, '{{outcome}}']],
      },
      {
        title: 'Answered by the model before, and quarantine',
        description: 'Requests that the new model failed on, and models that are refused since.',
        series: [
          [`sum(${increase('rerankd_requests_answered_by_standby_total')})`, 'answered by the one before'],
          [`max(${of('rerankd_quarantined_models')})`, 'models in quarantine'],
        ],
      },
    ],
  },
  {
    title: 'Store',
    panels: [
      {
        title: 'Fetched',
        description: 'Bytes of models that came over the network, and those that an earlier version spared.',
        unit: 'Bps',
        series: [
          [`sum by (source) (${rate('rerankd_store_bytes_total')})`, '{{source}}'],
          [`sum(${rate('rerankd_store_delta_saved_bytes_total')})`, 'spared'],
        ],
      },
      {
        title: 'Trouble',
        description: 'Requests made again, hosts given up for another, and models served as they were known.',
        series: [
          [`sum by (reason) (${increase('rerankd_store_retries_total')}) > 0`, 'again: {{reason}}'],
          [`sum(${increase('rerankd_store_failovers_total')})`, 'failovers'],
          [`sum(${increase('rerankd_store_stale_served_total')})`, 'stale'],
        ],
      },
      {
        title: 'Found, deleted, unsaved',
        description:
          'Where models were found, what made room, and whether the state directory can be written.',
        series: [
          [`sum by (tier) (${increase('rerankd_store_lookups_total')})`, 'found: {{tier}}'],
          [`sum by (kind) (${increase('rerankd_store_evictions_total')})`, 'deleted: {{kind}}'],
          [`max(${of('rerankd_state_unsaved')})`, 'state unsaved'],
        ],
      },
    ],
  },
  {
    title: 'Access',
    panels: [
      {
        title: 'Requests by key',
        description: 'By the id of the key; rate_limited: beyond RERANK_RATE_LIMIT.',
        unit: 'reqps',
        series: [
          [
            `sum by (kind, key, outcome) (${rate('rerankd_key_requests_total')})`,
            '{{kind}} {{key}} {{outcome}}',
          ],
        ],
      },
      {
        title: 'Turned away',
        description:
          'braked: an address that sent too many wrong keys. Connections: slow, malformed, or with too many headers.',
        unit: 'reqps',
        series: [
          [`sum by (reason) (${rate('rerankd_refused_keys_total')})`, 'key: {{reason}}'],
          [`sum by (reason) (${rate('rerankd_refused_connections_total')})`, 'connection: {{reason}}'],
        ],
      },
      {
        title: 'Keys and certificates',
        description: 'Keys in force, and changed files that were taken or refused.',
        series: [
          [`sum by (kind) (${of('rerankd_keys')})`, '{{kind}} keys'],
          [
            `sum by (what, outcome) (${increase('rerankd_access_reloads_total')}) > 0`,
            '{{what}} {{outcome}}',
          ],
        ],
      },
      {
        title: 'Certificate ends in',
        description: 'A new file is taken by itself.',
        unit: 's',
        series: [
          [`${of('rerankd_tls_certificate_expiry_timestamp_seconds')} - time()`, '{{instance}} {{subject}}'],
        ],
      },
    ],
  },
  {
    title: 'Traces',
    panels: [
      {
        title: 'Spans',
        description: 'Failed or dropped: the collector is slow or gone. Requests are not affected.',
        unit: 'ops',
        series: [[`sum by (outcome) (${rate('rerankd_trace_spans_total')})`, '{{outcome}}']],
      },
    ],
  },
];
