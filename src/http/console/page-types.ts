// What the page gets from the server: its JSON, as the page's modules read it.

export type { RankAgreement } from '../../model/agreement/rank-agreement.ts';
export type { GateReport } from '../../serving/operation/gate-report.ts';
export type { OperationReport as Operation } from '../../serving/operation/operation-report.ts';
export type { Stats } from './stats.ts';

/** POST /rerank */
export interface Answer {
  readonly results: readonly { readonly index: number; readonly relevance_score: number }[];
  readonly usage: { readonly total_tokens: number };
  readonly meta: { readonly truncated: boolean };
}

/** POST /compare. A score that is no number is null. */
export interface SideBySide {
  readonly models: readonly [SideAnswer, SideAnswer];
  readonly agreement: { readonly kendall_tau: number; readonly same_best: boolean };
}

export interface SideAnswer {
  readonly role: 'current' | 'standby' | 'candidate';
  readonly model: string;
  readonly digest: string;
  readonly generation: number;
  readonly scores: readonly (number | null)[];
  readonly logits: readonly (number | null)[];
  readonly order: readonly number[];
  readonly tokenization_ms: number;
  readonly queue_ms: number;
  readonly inference_ms: number;
}

/** GET /models */
export interface ModelList {
  readonly current: { readonly digest: string } | null;
  readonly history: readonly { readonly model: string; readonly digest: string; readonly since?: string }[];
  readonly quarantined: readonly {
    readonly model: string;
    readonly digest: string;
    readonly dtype?: string;
    readonly reason?: string;
  }[];
  readonly available: readonly string[];
}
