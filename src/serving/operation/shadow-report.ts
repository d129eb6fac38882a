import type { RankAgreement } from '../../model/agreement/rank-agreement.ts';

/** How a candidate does on live requests. Its own JSON form. */
export interface ShadowReport {
  readonly requests: number;
  readonly requests_wanted: number;
  /** Sampled requests that were dropped, because the processors were busy with live ones. */
  readonly skipped: number;
  /** When it ends, however few requests have come by then. */
  readonly until: string;
  readonly comparison: RankAgreement | null;
}
