import type { GpuMemory } from '../platform/memory/gpu-memory.ts';

/** The card, and what one model holds of it. */
export interface OnCard {
  readonly card: GpuMemory;
  /** Bytes that the engines of the model hold; undefined where nothing tells. */
  readonly heldBytes: number | undefined;
}
