import type { Row } from './panel.ts';
import { increase, of, quantile, rate } from './promql.ts';

/** What the engines do, and what it takes. */
export const engineRows: readonly Row[] = [
  {
    title: 'Engines',
    panels: [
      {
        title: 'Ready',
        description: 'Engine processes of the current model.',
        series: [[of('rerankd_engines_ready'), '{{instance}}']],
      },
      {
        title: 'Ended unasked',
        description:
          'Engine and tokenizer processes that were started again, and batches that ran again for it.',
        alarmFrom: 1,
        series: [
          [
            `sum by (instance, reason) (${increase('rerankd_engine_restarts_total')})`,
            'restarts {{instance}} {{reason}}',
          ],
          [
            `sum by (instance, reason) (${increase('rerankd_engine_failed_starts_total')})`,
            'failed starts {{instance}} {{reason}}',
          ],
          [`sum by (instance) (${increase('rerankd_batch_retries_total')})`, 'batches again {{instance}}'],
        ],
      },
      {
        title: 'Event loop lag (p99)',
        description:
          'How late the HTTP process gets to its work. Engines run elsewhere: this should stay at milliseconds.',
        unit: 's',
        series: [[of('nodejs_eventloop_lag_p99_seconds'), '{{instance}}']],
      },
    ],
  },
  {
    title: 'Batches',
    panels: [
      {
        title: 'Pairs in a batch',
        description: 'Few under full load means long texts, or requests that come one by one.',
        series: [0.5, 0.95].map(
          (share) => [quantile(share, 'rerankd_batch_pairs'), `p${share * 100}`] as const,
        ),
      },
      {
        title: 'Tokens a second',
        description: 'What the engines compute: padding costs as much as text.',
        series: [
          [
            `sum(${rate('rerankd_batch_tokens_sum')}) - sum(${rate('rerankd_batch_padding_tokens_total')})`,
            'text',
          ],
          [`sum(${rate('rerankd_batch_padding_tokens_total')})`, 'padding'],
        ],
      },
      {
        title: 'Time of a batch',
        description: 'Inside ONNX Runtime.',
        unit: 's',
        series: [0.5, 0.95].map(
          (share) =>
            [quantile(share, 'rerankd_batch_inference_duration_seconds'), `p${share * 100}`] as const,
        ),
      },
      {
        title: 'Tokens in a batch',
        description:
          'With padding, and how many there may be: fewer than planned after batches did not fit into memory.',
        series: [
          ...[0.5, 0.95].map(
            (share) => [quantile(share, 'rerankd_batch_tokens'), `p${share * 100}`] as const,
          ),
          [of('rerankd_batch_budget_tokens'), 'budget {{instance}}'],
          [`sum by (instance) (${increase('rerankd_batch_splits_total')})`, 'splits {{instance}}'],
        ],
      },
      {
        title: 'Documents in a request',
        description: 'What clients send.',
        series: [0.5, 0.95].map(
          (share) => [quantile(share, 'rerankd_request_documents'), `p${share * 100}`] as const,
        ),
      },
    ],
  },
  {
    title: 'Memory',
    panels: [
      {
        title: 'Own memory by role',
        description:
          'Without mapped files: weights that engines share are not in it. Flat over many swaps is what it should be.',
        unit: 'bytes',
        series: [[`sum by (process) (${of('rerankd_memory_bytes')})`, '{{process}}']],
      },
      {
        title: 'Around the last swap',
        description: 'The whole process tree before and after.',
        unit: 'bytes',
        series: [[of('rerankd_swap_memory_bytes'), '{{when}} {{instance}}']],
      },
      {
        title: 'GPU memory',
        description:
          'Of the card, whoever holds it, and of the engines. Empty on a CPU, and where no driver tells.',
        unit: 'bytes',
        series: [
          [of('rerankd_gpu_memory_bytes'), '{{state}} {{instance}}'],
          [of('rerankd_gpu_engine_memory_bytes'), 'engines {{instance}}'],
        ],
      },
      {
        title: 'Heap of the HTTP process',
        description: 'Objects of JavaScript, and all of its resident memory.',
        unit: 'bytes',
        series: [
          [of('nodejs_heap_size_used_bytes'), 'heap {{instance}}'],
          [of('process_resident_memory_bytes'), 'resident {{instance}}'],
        ],
      },
    ],
  },
];
