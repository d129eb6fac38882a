import type { Generation } from '../../model/generation.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { GateKeeper } from '../gates/gate-keeper.ts';
import type { Preparation, PreparedModel } from '../preparation/preparation.ts';
import type { Probation } from '../probation/probation.ts';
import type { Standby } from '../probation/standby.ts';
import type { Shadow } from '../shadow/shadow.ts';
import type { ModelSlot, SwapResult } from '../slot/model-slot.ts';
import type { ServingRecord } from '../state/serving-record.ts';
import type { Retirement } from './retirement.ts';
import type { SwapModes } from './swap-modes.ts';

/** Everything that a change of the model needs. */
export interface ChangeParts {
  readonly slot: ModelSlot<Generation>;
  readonly preparation: Preparation;
  readonly gates: GateKeeper;
  readonly shadow: Shadow;
  readonly modes: SwapModes;
  readonly record: ServingRecord;
  readonly standby: Standby;
  readonly probation: Probation;
  readonly retirement: Retirement;
  /** The longest that nothing may serve while a model loads in the place of one that has ended. */
  readonly windowTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'modelInfo' | 'swapLock' | 'heldRequests' | 'storeLookups'>;
}

/** A swap that has happened. */
export interface Swapped {
  readonly next: Generation;
  readonly result: SwapResult<Generation>;
  readonly wantedDtype: PreparedModel['wantedDtype'];
}
