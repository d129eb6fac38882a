import type { Comparison } from '../../model/agreement/compare.ts';
import type { AgreementLimits } from '../../model/agreement/limits.ts';

export type GateName =
  | 'shape'
  | 'finite'
  | 'constant'
  | 'deterministic'
  | 'tokenizer'
  | 'latency'
  | 'golden'
  | 'agreement';

/** What one gate found. */
export interface GateCheck {
  readonly name: GateName;
  readonly passed: boolean;
  /** A sentence for the operator, without a full stop. */
  readonly message: string;
  readonly ms: number;
}

/** Everything that was looked at before a model may serve. Its own JSON form. */
export interface GateReport {
  readonly passed: boolean;
  /** True when it was let through although it did not pass. */
  readonly forced: boolean;
  readonly checks: readonly GateCheck[];
  /** The model that served meanwhile. */
  readonly compared_with: string | null;
  readonly comparison: Comparison | null;
  /** What would have rejected it. */
  readonly limits: Partial<AgreementLimits> | null;
}
