import type { AgreementLimits } from '../../model/agreement/limits.ts';
import type { Dtype } from '../../model/model-directory.ts';
import type { RequestTrace } from '../../platform/tracing/request-trace.ts';
import type { OperationKind, SwapMode } from './operation-report.ts';
import type { Target } from './target.ts';

/** How long a new model serves provisionally: until the first of both is reached. */
export interface ProbationTerms {
  /** Answered requests. 0 means no probation. */
  readonly requests: number;
  readonly seconds: number;
}

/** How much live traffic a candidate scores before it serves, without anybody getting its answers. */
export interface ShadowTerms {
  /** Of the live requests. */
  readonly percent: number;
  readonly requests: number;
}

/** An update as an operator asks for it. */
export interface UpdateRequest {
  readonly reference: string;
  /** Undefined leaves it to the settings. */
  readonly mode?: SwapMode | 'auto' | undefined;
  readonly dtype?: Dtype | undefined;
  readonly dryRun: boolean;
  readonly force: boolean;
  /** Wait behind a running operation instead of being refused. */
  readonly wait: boolean;
  /** Override those of the settings, one by one. */
  readonly limits?: Partial<AgreementLimits> | undefined;
  /** Score from 0 to 1 from which a document counts as relevant. */
  readonly threshold?: number | undefined;
  readonly probation?: Partial<ProbationTerms> | undefined;
  readonly shadow?: ShadowTerms | undefined;
}

/** What of an update is wanted where nothing is swapped. */
export type PreloadRequest = Pick<UpdateRequest, 'reference' | 'dtype' | 'force' | 'wait'>;

/** Which model of the history to go back to. */
export interface RollbackRequest {
  /** A reference or (the start of) a digest; undefined is the model before. */
  readonly to?: string | undefined;
  /** Where the history has it in several forms. */
  readonly dtype?: Dtype | undefined;
  /** Why the model that serves goes into quarantine. */
  readonly badBecause?: string | undefined;
}

/** Who asks, and the name that they gave their request, by which it is known when it comes again. */
export interface Caller {
  readonly by: string;
  readonly idempotencyKey?: string | undefined;
  /** The request by which they asked. */
  readonly trace?: RequestTrace | undefined;
}

/** A change of the model, whatever brought it about. */
export interface Change extends Omit<UpdateRequest, 'reference'> {
  readonly kind: OperationKind;
  readonly target: Target;
  /** Why the model that serves until then goes into quarantine. */
  readonly badBecause?: string | undefined;
}
