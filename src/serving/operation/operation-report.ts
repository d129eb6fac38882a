import type { GateReport } from './gate-report.ts';
import type { FetchStep, Phase } from './phase.ts';
import type { ProbationReport } from './probation-report.ts';
import type { ShadowReport } from './shadow-report.ts';

/** A preload brings a model, verifies and compiles it, and ends there. */
export type OperationKind = 'update' | 'rollback' | 'preload';

export type OperationStatus = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'superseded';

/** How the models take turns: both loaded for a moment, or one after the other while requests wait. */
export type SwapMode = 'beside' | 'hold';

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'steps' | 'queries' | 'requests';
  /** In the phase fetch: which of its two steps this counts. */
  readonly doing?: FetchStep;
}

/** What the model that serves took before and after. */
interface MemoryFacts {
  /** The process tree, without files that are only mapped. */
  readonly before_bytes: number;
  readonly after_bytes: number;
  /** GPU memory that the engines hold; null on a CPU, and where no driver tells. */
  readonly gpu_before_bytes: number | null;
  readonly gpu_after_bytes: number | null;
}

/** What turns up on the way; null until it does. */
export interface OperationFacts {
  readonly mode: { readonly chosen: SwapMode; readonly why: string } | null;
  /** How long no request could begin. */
  readonly lock_held_ms: number | null;
  /** Requests that waited for that. */
  readonly held_requests: number | null;
  readonly memory: MemoryFacts | null;
  readonly checks: GateReport | null;
  readonly probation: ProbationReport | null;
  readonly shadow: ShadowReport | null;
}

/** What an operator sees of an update. Its own JSON form. */
export interface OperationReport extends OperationFacts {
  readonly id: string;
  readonly kind: OperationKind;
  readonly model: string;
  readonly status: OperationStatus;
  /** Where it is, or where it ended. */
  readonly phase: Phase;
  readonly started_at: string;
  readonly phases: readonly { readonly phase: Phase; readonly ms: number }[];
  /** Of the current phase. */
  readonly progress: Progress | null;
  readonly by: string;
  readonly dry_run: boolean;
  readonly forced: boolean;
  /** What did not stop it and must be known, such as a state file that can't be written. */
  readonly warnings: readonly string[];
  readonly error: string | null;
}
