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
}

/**
 * Runs the shapes of live batches on every engine of a GPU, so that no request pays for what happens at a first run: kernels that
 * are loaded or compiled, products whose algorithm is chosen, memory that is taken. Bounded in time. A shape for which the memory
 * is too small is left out, and so are all that are as large.
 * @returns tokens that an engine computes in a millisecond, as far as it could be seen.
 * @throws CallFailed when even a short row fails; ChildLost when an engine ends.
 */
export async function warmUp(
  { engines, clock, ids }: WarmUpTools,
  bounds: ShapeBounds,
  brief: boolean,
  onProgress: WarmUpProgress = () => {},
): Promise<number> {
  const longestMs = brief ? LONGEST_BRIEF_MS : LONGEST_MS;
  const startedAt = clock.now();
  const run = async (shape: WarmUpShape): Promise<number> => {
    const replies = await engines.runOnEach(rowsOf(shape, ids));
    const ms = Math.max(...replies.map(({ runMs }) => runMs));
    return computedBy(shape, bounds) / Math.max(ms, Number.EPSILON);
  };
  const look = { rows: 1, length: Math.min(LOOK_TOKENS, bounds.maxLength) };
  await run(look);
  let fastest = await run(look);
  const reachable = Math.max(LOOK_TOKENS, Math.floor(fastest * longestMs));
  const shapes = warmUpShapes({ ...bounds, batchTokens: Math.min(bounds.batchTokens, reachable) }, brief);
  let fits = Number.POSITIVE_INFINITY;
  for (const [index, shape] of shapes.entries()) {
    if (index > 0 && clock.now() - startedAt > longestMs) break;
    const tokens = computedBy(shape, bounds);
    try {
      if (tokens < fits) fastest = Math.max(fastest, await run(shape));
    } catch (error) {
      if (!(error instanceof CallFailed) || tokens <= LOOK_TOKENS) throw error;
      fits = tokens;
    }
    onProgress(index + 1, shapes.length);
  }
  return fastest;
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
