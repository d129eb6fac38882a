import type { Row } from './panel.ts';
import { increase, of, quantile, RERANK, rate } from './promql.ts';

const LATENCY = 'rerankd_http_request_duration_seconds';

const errorShare = `(sum(${rate('rerankd_http_requests_total', `${RERANK},status=~"5.."`)}) or vector(0)) / sum(${rate('rerankd_http_requests_total', RERANK)})`;

/** What clients see, and how much of it there is. */
export const requestRows: readonly Row[] = [
  {
    title: 'At a glance',
    panels: [
      {
        title: 'Requests',
        description: 'Rerank requests a second.',
        kind: 'stat',
        unit: 'reqps',
        width: 4,
        series: [[`sum(${rate('rerankd_http_requests_total', RERANK)})`]],
      },
      {
        title: 'Errors',
        description: 'Share of rerank requests that failed inside the server (5xx).',
        kind: 'stat',
        unit: 'percentunit',
        width: 4,
        alarmFrom: 0.01,
        series: [[errorShare]],
      },
      {
        title: 'p99',
        description: 'One request in a hundred takes longer.',
        kind: 'stat',
        unit: 's',
        width: 4,
        series: [[quantile(0.99, LATENCY, RERANK)]],
      },
      {
        title: 'Engines ready',
        description: 'Engine processes that take work. None: nothing is scored.',
        kind: 'stat',
        width: 4,
        series: [[`sum(${of('rerankd_engines_ready')})`]],
      },
      {
        title: 'Model in service',
        description: 'Which content each replica serves. Replicas that differ for long were not all updated.',
        kind: 'table',
        width: 8,
        series: [
          [`${of('rerankd_model_info')} * on (instance) group_left (version) ${of('rerankd_build_info')}`],
        ],
      },
    ],
  },
  {
    title: 'Requests and errors',
    panels: [
      {
        title: 'Requests by status',
        description: '499: the client left first. 429: refused. 503: no model, or shutting down.',
        unit: 'reqps',
        series: [[`sum by (status) (${rate('rerankd_http_requests_total', RERANK)})`, '{{status}}']],
      },
      {
        title: 'Error share',
        description: 'Failed inside the server (5xx) as a share of all rerank requests.',
        unit: 'percentunit',
        alarmFrom: 0.01,
        series: [[errorShare, 'errors']],
      },
      {
        title: 'Refused',
        description:
          'Refused with 429 because the queue was full, the answer would be late, or a model is being changed.',
        unit: 'reqps',
        series: [[`sum by (reason) (${rate('rerankd_requests_refused_total')})`, '{{reason}}']],
      },
    ],
  },
  {
    title: 'Latency',
    panels: [
      {
        title: 'Latency',
        description: 'From the request line to the end of the answer.',
        unit: 's',
        series: [0.5, 0.95, 0.99].map(
          (share) => [quantile(share, LATENCY, RERANK), `p${share * 100}`] as const,
        ),
      },
      {
        title: 'Where the time goes (p95)',
        description: 'Queue grows under load; inference grows with length; tokenization is a small part.',
        unit: 's',
        series: ['tokenization', 'queue', 'inference'].map(
          (stage) => [quantile(0.95, `rerankd_${stage}_duration_seconds`), stage] as const,
        ),
      },
      {
        title: 'Latency distribution',
        description: 'How many requests took how long.',
        kind: 'heatmap',
        series: [[`sum by (le) (${increase(`${LATENCY}_bucket`, RERANK)})`, '{{le}}']],
      },
    ],
  },
  {
    title: 'Queue',
    panels: [
      {
        title: 'Waiting pairs',
        description: 'Pairs that wait for an engine.',
        series: [[of('rerankd_queue_pairs'), '{{instance}}']],
      },
      {
        title: 'Tokens inside',
        description:
          'Waiting for an engine, and of all admitted requests. The latter is bounded by RERANK_MAX_QUEUE_TOKENS.',
        series: [
          [`sum(${of('rerankd_queue_tokens')})`, 'waiting'],
          [`sum(${of('rerankd_admitted_tokens')})`, 'admitted'],
        ],
      },
      {
        title: 'Requests inside',
        description: 'Admitted and not yet answered.',
        series: [[of('rerankd_admitted_requests'), '{{instance}}']],
      },
    ],
  },
  {
    title: 'Cache',
    panels: [
      {
        title: 'Hit ratio',
        description: 'Pairs whose score was known.',
        unit: 'percentunit',
        series: [
          [
            `sum(${rate('rerankd_score_cache_lookups_total', 'result="hit"')}) / sum(${rate('rerankd_score_cache_lookups_total')})`,
            'hits',
          ],
        ],
      },
      {
        title: 'Scores kept',
        description: 'Bounded by RERANK_SCORE_CACHE_BYTES.',
        series: [[of('rerankd_score_cache_entries'), '{{instance}}']],
      },
      {
        title: 'Shared pairs',
        description: 'Computed once for several requests that wanted the same at a time.',
        unit: 'ops',
        series: [[`sum(${rate('rerankd_shared_pairs_total')})`, 'shared']],
      },
    ],
  },
];
