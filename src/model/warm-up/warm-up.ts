import type { EnginePool } from '../../engine/engine-pool.ts';
import type { RaggedTokens } from '../../engine/protocol.ts';
import type { Clock } from '../../platform/clock.ts';
import { CallFailed } from '../../platform/process/child-link.ts';
import { type ShapeBounds, type WarmUpShape, warmUpShapes } from './warm-up-shapes.ts';

/** No new shape is begun after this. */
const LONGEST_MS = 5_000;

/** The same while requests wait. */
const LONGEST_BRIEF_MS = 1_500;

/** A row of so many tokens tells how fast the device is, before it gets more than it can do in time. */
const LOOK_TOKENS = 256;

/** Tells how many of all shapes have run. */
export type WarmUpProgress = (done: number, total: number) => void;

export interface WarmUpTools {
  readonly engines: Pick<EnginePool, 'runOnEach'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Tokens of any text of the model. */
  readonly ids: Int32Array;
  /** Gives it up. */
  readonly signal: AbortSignal;
}

/** What a warm-up found out. */
export interface WarmedUp {
  /** What an engine computes in a millisecond, as far as it could be seen. */
  readonly tokensPerMs: number;
  /** Of the largest batch that was computed, padding included. */
  readonly fittedTokens: number;
  /** The smallest batch that failed although a smaller one ran; undefined where none did. */
  readonly tooLarge: TooLarge | undefined;
}

/** A batch for which the memory of the device was too small, as a rule. */
interface TooLarge {
  /** Padding included. */
  readonly tokens: number;
  readonly reason: string;
}

/**
 * Runs the shapes of live batches on every engine of a GPU, so that no request pays for what happens at a first run: kernels that
 * are loaded or compiled, products whose algorithm is chosen, memory that is taken. Bounded in time, but for halving: a batch that
 * fails is halved until it runs, as it would be when live, and nothing that large is tried again.
 * @throws CallFailed when even a short row fails; ChildLost when an engine ends; the signal's reason.
 */
export async function warmUp(
  { engines, clock, ids, signal }: WarmUpTools,
  bounds: ShapeBounds,
  brief: boolean,
  onProgress: WarmUpProgress = () => {},
): Promise<WarmedUp> {
  const longestMs = brief ? LONGEST_BRIEF_MS : LONGEST_MS;
  const startedAt = clock.now();
  const run = async (shape: WarmUpShape): Promise<number> => {
    const replies = await engines.runOnEach(rowsOf(shape, ids), signal);
    const ms = Math.max(...replies.map(({ runMs }) => runMs));
    return computedBy(shape, bounds) / Math.max(ms, Number.EPSILON);
  };
  const look = { rows: 1, length: Math.min(LOOK_TOKENS, bounds.maxLength) };
  await run(look);
  let fastest = await run(look);
  const reachable = Math.max(LOOK_TOKENS, Math.floor(fastest * longestMs));
  let fittedTokens = computedBy(look, bounds);
  let tooLarge: TooLarge | undefined;
  const within = (batchTokens: number): WarmUpShape[] =>
    warmUpShapes({ ...bounds, batchTokens }, brief).filter((shape) => isSmaller(shape, bounds, tooLarge));
  let shapes = within(Math.min(bounds.batchTokens, reachable));
  let done = 0;
  for (let shape = shapes.shift(); shape !== undefined; shape = shapes.shift()) {
    if (done > 0 && clock.now() - startedAt > longestMs) break;
    try {
      fastest = Math.max(fastest, await run(shape));
      fittedTokens = Math.max(fittedTokens, computedBy(shape, bounds));
      onProgress(++done, done + shapes.length);
    } catch (error) {
      const tokens = computedBy(shape, bounds);
      if (!(error instanceof CallFailed) || tokens <= computedBy(look, bounds)) throw error;
      tooLarge = { tokens, reason: error.message };
      shapes = within(Math.floor(tokens / 2));
    }
  }
  return { tokensPerMs: fastest, fittedTokens, tooLarge };
}

function isSmaller(shape: WarmUpShape, bounds: ShapeBounds, than: TooLarge | undefined): boolean {
  return than === undefined || computedBy(shape, bounds) < than.tokens;
}

function computedBy({ rows, length }: WarmUpShape, { layout, width }: ShapeBounds): number {
  return rows * (layout === 'packed' ? length : width(length));
}

/** The first token of the text and then the others of it, over and over. */
function rowsOf({ rows, length }: WarmUpShape, ids: Int32Array): RaggedTokens {
  const row = Int32Array.from({ length }, (_, at) => ids[at < ids.length ? at : at % ids.length] ?? 0);
  const all = new Int32Array(rows * length);
  for (let index = 0; index < rows; index++) all.set(row, index * length);
  return {
    lengths: new Uint32Array(rows).fill(length),
    ids: all,
    typeIds: new Uint8Array(all.length),
  };
}
