import { formatBytes } from '../../platform/memory/format-bytes.ts';
import type { FreeMemory } from '../../platform/memory/free-memory.ts';
import type { SwapMode } from '../operation/operation-report.ts';

/** How the new model comes in. */
export interface ModeChoice {
  readonly chosen: SwapMode;
  /** A sentence for operators. */
  readonly why: string;
}

/** One kind of memory: what the new model is expected to take of it while the old one lives, and what there is. */
export interface MemoryNeed {
  readonly kind: 'host' | 'gpu';
  readonly neededBytes: number;
  readonly free: FreeMemory;
}

export interface ModeRequest {
  readonly wanted: SwapMode | 'auto';
  /** All of them must fit. */
  readonly needs: readonly MemoryNeed[];
  /** Whether a model serves now. */
  readonly hasCurrent: boolean;
}

/** The need is an estimate, and requests go on taking memory while the new model loads. */
const USABLE_SHARE = 0.9;

const DANGERS = {
  host: 'The system may kill a process; mode hold makes room first',
  gpu: 'The load may fail for want of GPU memory; mode hold makes room first',
};

/** Decides how a model is swapped in, and says why. What was asked for is done, even when it does not look wise. */
export function chooseMode({ wanted, needs, hasCurrent }: ModeRequest): ModeChoice {
  if (!hasCurrent) {
    return { chosen: 'beside', why: 'beside: no model is loaded, so there is nothing to make room for' };
  }
  const short = needs.filter(({ neededBytes, free }) => neededBytes > USABLE_SHARE * free.bytes);
  const [worst] = short;
  const chosen = wanted === 'auto' ? (worst === undefined ? 'beside' : 'hold') : wanted;
  const asked = wanted === 'auto' ? '' : ', as asked for';
  if (worst === undefined) return { chosen, why: `${chosen}${asked}: ${needs.map(roomy).join(', and ')}` };
  const shortage = `${short.map(scarce).join(', and ')}, of which a tenth is kept in reserve`;
  if (chosen === 'hold') return { chosen, why: `hold${asked}: ${shortage}` };
  return { chosen, why: `beside${asked}, though it may not fit: ${shortage}. ${DANGERS[worst.kind]}` };
}

function roomy(need: MemoryNeed): string {
  return `${wants(need)} and ${room(need)}`;
}

function scarce(need: MemoryNeed): string {
  return `${wants(need)} and only ${room(need)}`;
}

function wants({ kind, neededBytes }: MemoryNeed): string {
  return `it needs about ${formatBytes(neededBytes)}${kind === 'gpu' ? ' of GPU memory' : ''}`;
}

function room({ free }: MemoryNeed): string {
  return `${formatBytes(free.bytes)} are free (${free.limitedBy})`;
}
