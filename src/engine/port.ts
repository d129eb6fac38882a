import type { RaggedTokens, RunReply } from './protocol.ts';
import type { TokenLayout } from './token-layout.ts';

/** What the scheduler needs of the engines: a bounded number of slots, and an answer or a loss for every batch. */
export interface EnginePort {
  /** Batches that could be handed over right now. */
  readonly freeSlots: number;
  /** Engines that can work at this moment. */
  readonly readyEngines: number;
  readonly layout: TokenLayout;
  /** Called whenever a slot may have become free. */
  onFreeSlot: () => void;
  /** Called when no engine works and none comes up: what waits will not be run soon. */
  onOutage: () => void;
  /** Why not, while that lasts. */
  readonly outage: string | undefined;
  /** Tokens that each row of a padded batch is made to have. @param longest tokens of the longest row */
  paddedWidth(longest: number): number;
  /**
   * Runs one batch on the least busy engine. Only to be called while freeSlots > 0.
   * @param about what the batch is about, for the log when the engine says something meanwhile.
   * @throws CallFailed when the model rejects the batch; ChildLost when the engine ends over it, and DeviceLost when that is its device's fault.
   */
  run(tokens: RaggedTokens, about?: () => object): Promise<RunReply>;
}
