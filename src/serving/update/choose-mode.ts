import { formatBytes } from '../../platform/memory/format-bytes.ts';
import type { FreeMemory } from '../../platform/memory/free-memory.ts';
import type { SwapMode } from './operation-report.ts';

/** How the new model comes in. */
export interface ModeChoice {
  readonly chosen: SwapMode;
  /** A sentence for operators. */
  readonly why: string;
}

export interface ModeRequest {
  readonly wanted: SwapMode | 'auto';
  /** What the new model is expected to take while the old one lives. */
  readonly neededBytes: number;
  readonly free: FreeMemory;
  /** Whether a model serves now. */
  readonly hasCurrent: boolean;
}

/** The need is an estimate, and requests go on taking memory while the new model loads. */
const USABLE_SHARE = 0.9;

/** Decides how a model is swapped in, and says why. What was asked for is done, even when it does not look wise. */
export function chooseMode({ wanted, neededBytes, free, hasCurrent }: ModeRequest): ModeChoice {
  if (!hasCurrent) {
    return { chosen: 'beside', why: 'beside: no model is loaded, so there is nothing to make room for' };
  }
  const fits = neededBytes <= USABLE_SHARE * free.bytes;
  const chosen = wanted === 'auto' ? (fits ? 'beside' : 'hold') : wanted;
  const asked = wanted === 'auto' ? '' : ', as asked for';
  const need = `it needs about ${formatBytes(neededBytes)}`;
  const room = `${formatBytes(free.bytes)} are free (${free.limitedBy})`;
  if (fits) return { chosen, why: `${chosen}${asked}: ${need} and ${room}` };
  const shortage = `${need} and only ${room}, of which a tenth is kept in reserve`;
  if (chosen === 'hold') return { chosen, why: `hold${asked}: ${shortage}` };
  const danger = 'The system may kill a process; mode hold makes room first';
  return { chosen, why: `beside${asked}, though it may not fit: ${shortage}. ${danger}` };
}
