import type { ContenderName } from './contenders/contender.ts';

/** How a figure is shown. */
export interface FigureStyle {
  readonly label: string;
  /** The value is divided by this before it is shown. */
  readonly unit: number;
  /** Shows the range over the rounds too. */
  readonly range?: true;
}

const MEBIBYTE = 2 ** 20;

const PERCENT = 0.01;

/** Every figure that a scenario may give, in the order of the columns. Rates are per second; the rest as named. */
export const figureStyles = {
  documentsPerSecond: { label: 'docs/s', unit: 1, range: true },
  againstReference: { label: '× reference', unit: 1, range: true },
  againstUsual: { label: '× usual', unit: 1, range: true },
  tokensPerSecond: { label: 'tokens/s', unit: 1 },
  p50Ms: { label: 'p50 ms', unit: 1 },
  p95Ms: { label: 'p95 ms', unit: 1 },
  p99Ms: { label: 'p99 ms', unit: 1 },
  cpuSecondsPerThousandDocuments: { label: 'CPU s/1000 docs', unit: 1 },
  peakMemoryBytes: { label: 'peak MiB', unit: MEBIBYTE },
  mainShareOfCpu: { label: 'main % of CPU', unit: PERCENT },
  othersCores: { label: "others' cores", unit: 1 },
  failed: { label: 'failed', unit: 1 },
  scoreDifference: { label: 'score off by', unit: 1 },
  latencyMs: { label: 'latency ms', unit: 1 },
  idealLatencyMs: { label: 'at full speed ms', unit: 1 },
  latencyRatio: { label: 'ratio', unit: 1, range: true },
  peakDocumentsPerSecond: { label: 'peak docs/s', unit: 1 },
  goodput: { label: 'goodput docs/s', unit: 1 },
  goodputShare: { label: '% of peak', unit: PERCENT, range: true },
  refusedShare: { label: '429 %', unit: PERCENT },
  retryAfterShare: { label: 'of them with Retry-After %', unit: PERCENT },
  loopLagP99Ms: { label: 'event-loop p99 ms', unit: 1 },
  healthP99Ms: { label: '/healthz p99 ms', unit: 1 },
  idleCpuShare: { label: 'CPU % of a core', unit: PERCENT, range: true },
  engineTokensPerSecond: { label: 'engines tokens/s', unit: 1 },
  endToEndTokensPerSecond: { label: 'end to end tokens/s', unit: 1 },
  endToEndShare: { label: 'end to end % of engines', unit: PERCENT, range: true },
  memoryBeforeBytes: { label: 'before MiB', unit: MEBIBYTE },
  memoryAfterBytes: { label: 'after MiB', unit: MEBIBYTE },
  memoryRatio: { label: 'after / before', unit: 1, range: true },
} as const satisfies Record<string, FigureStyle>;

export type FigureName = keyof typeof figureStyles;

/** Values by figure; NaN or absent where there is none. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

/** What one contender did in one round of one scenario. */
export interface Observation {
  readonly scenario: string;
  /** What sets it apart from the scenario's others, as in "32 docs"; empty where there is only one. */
  readonly variant: string;
  readonly contender: ContenderName;
  readonly round: number;
  readonly figures: Figures;
  /** The first thing that went wrong, in words. */
  readonly fault?: string;
}
