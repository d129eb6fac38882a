const MIB = 2 ** 20;
const MIN_PART_BYTES = 4 * MIB;
const MAX_PART_BYTES = 64 * MIB;
const PARTS_PER_WORKER = 4;

/** How a blob is cut: every part but the last has `partBytes`. */
export interface PartPlan {
  readonly size: number;
  readonly partBytes: number;
  readonly count: number;
}

/**
 * Cuts a blob so that every worker has a few parts, none smaller than 4 MiB (a request each costs something) and none
 * larger than 64 MiB (a part is what is lost when the process is killed).
 * @param fixedPartBytes bytes of a part, instead
 */
export function planParts(size: number, workers: number, fixedPartBytes?: number): PartPlan {
  const wanted = fixedPartBytes ?? Math.min(MAX_PART_BYTES, size / (workers * PARTS_PER_WORKER));
  const count =
    fixedPartBytes === undefined && wanted < MIN_PART_BYTES
      ? Math.floor(size / MIN_PART_BYTES)
      : Math.ceil(size / wanted);
  return planOf(size, fixedPartBytes ?? Math.max(1, Math.ceil(size / Math.max(1, count))));
}

/** The plan with parts of so many bytes. */
export function planOf(size: number, partBytes: number): PartPlan {
  return { size, partBytes, count: Math.max(1, Math.ceil(size / partBytes)) };
}

/** The bytes `[start, end)` of a part. */
export function boundsOf({ size, partBytes }: PartPlan, index: number): { start: number; end: number } {
  return { start: index * partBytes, end: Math.min(size, (index + 1) * partBytes) };
}
