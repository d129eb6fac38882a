import type { EnginePool } from '../../engine/engine-pool.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { type WarmedUp, type WarmUpProgress, warmUp } from './warm-up.ts';
import type { ShapeBounds } from './warm-up-shapes.ts';

/** What a generation is warmed up with: its own parts. */
export interface WarmUpParts {
  readonly tokenizer: Tokenizer;
  readonly engines: EnginePool;
  readonly clock: Clock;
  /** Gives it up. */
  readonly signal: AbortSignal;
}

/** On a CPU. Short, middling and long: the shapes that a first request may have. */
const CPU_TOKENS = [8, 64, 256];
const BRIEF_CPU_TOKENS = [8];

/** Runs every engine once on each of a few shapes. A CPU has little to prepare. */
export async function warmCpu(
  { tokenizer, engines, signal }: WarmUpParts,
  maxLength: number,
  brief: boolean,
): Promise<void> {
  for (const tokens of brief ? BRIEF_CPU_TOKENS : CPU_TOKENS) {
    const request = {
      query: 'a',
      documents: ['a '.repeat(tokens)],
      maxLength: Math.min(tokens + 8, maxLength),
    };
    await engines.runOnEach(await tokenizer.encode(request, signal), signal);
  }
}

/** @see warmUp */
export async function warmGpu(
  { tokenizer, engines, clock, signal }: WarmUpParts,
  limits: Pick<ShapeBounds, 'batchTokens' | 'maxLength'> & { readonly maxRows: number | undefined },
  brief: boolean,
  onProgress?: WarmUpProgress,
): Promise<WarmedUp> {
  const { maxLength, maxRows = Number.POSITIVE_INFINITY } = limits;
  const { ids } = await tokenizer.encode({ query: 'a', documents: ['a a'], maxLength }, signal);
  const width = (longest: number): number => engines.paddedWidth(longest);
  const bounds = { ...limits, maxRows, layout: engines.layout, width };
  return await warmUp({ engines, clock, ids, signal }, bounds, brief, onProgress);
}
