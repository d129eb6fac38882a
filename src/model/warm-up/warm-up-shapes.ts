import type { TokenLayout } from '../../engine/token-layout.ts';

/** A batch of rows of one length. */
export interface WarmUpShape {
  readonly rows: number;
  /** Tokens of each row. */
  readonly length: number;
}

export interface ShapeBounds {
  readonly layout: TokenLayout;
  /** Tokens of one batch, padding included. */
  readonly batchTokens: number;
  readonly maxRows: number;
  /** Tokens of the longest pair. */
  readonly maxLength: number;
  /** Tokens that each row of a padded batch is made to have. */
  readonly width: (longest: number) => number;
}

/** The shortest pair that is worth a batch of its own. */
const SHORTEST = 16;

/** About as long as passages are. */
const PASSAGE = 128;

/**
 * The shapes that live batches of a GPU come near to, the largest first: the allocator then takes the memory of all of them at
 * once, and does not end up with pieces of which none is large enough.
 * @param brief only the largest and a small one, for when requests wait.
 */
export function warmUpShapes(bounds: ShapeBounds, brief: boolean): WarmUpShape[] {
  const { layout, batchTokens, maxRows, maxLength, width } = bounds;
  const full = (length: number): WarmUpShape => {
    const rows = Math.floor(batchTokens / (layout === 'packed' ? length : width(length)));
    return { rows: Math.max(1, Math.min(maxRows, rows)), length };
  };
  const largest = full(maxLength);
  if (brief) return distinct([largest, single(Math.min(SHORTEST, maxLength))]);
  const lengths = halvings(maxLength);
  const between =
    layout === 'packed' ? partlyFull(bounds) : widthsUpTo(maxLength, width).toReversed().map(full);
  return distinct([largest, ...lengths.map(full), ...lengths.map(single), ...between]);
}

function single(length: number): WarmUpShape {
  return { rows: 1, length };
}

/** Where nothing is padded, the tokens of a batch may be any number: the kernels of the products change with its magnitude. */
function partlyFull({ batchTokens, maxRows, maxLength }: ShapeBounds): WarmUpShape[] {
  const length = Math.min(PASSAGE, maxLength);
  return halvings(batchTokens)
    .map((tokens) => ({ rows: Math.floor(tokens / length), length }))
    .filter(({ rows }) => rows >= 1 && rows <= maxRows);
}

/** Half, a quarter … down to the shortest pair, and the powers of two between: descending. */
function halvings(most: number): number[] {
  const found = [most];
  for (let next = 2 ** Math.floor(Math.log2(most)); next >= SHORTEST; next /= 2) {
    if (next < most) found.push(next);
  }
  return found;
}

function widthsUpTo(maxLength: number, width: (longest: number) => number): number[] {
  const found: number[] = [];
  for (let next = width(1); found.at(-1) !== next && next <= maxLength; next = width(next + 1)) {
    found.push(next);
  }
  return found;
}

function distinct(shapes: readonly WarmUpShape[]): WarmUpShape[] {
  return [...new Map(shapes.map((shape) => [`${shape.rows} × ${shape.length}`, shape])).values()];
}
