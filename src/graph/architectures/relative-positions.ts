/**
 * The row of the table of relative positions for every distance between two tokens.
 *
 * Near distances have a row each, far ones share rows on a logarithmic scale (transformers: `make_log_bucket_position`).
 * Each step rounds to single precision as PyTorch does: a distance on the border of a bucket falls to the same side.
 *
 * @param reach the farthest distance wanted
 * @param buckets rows on either side of zero; 0 or less gives every distance its own
 * @param maxPosition the distance that the last bucket ends at
 * @param span rows on either side of zero in the table
 * @returns 2 × reach + 1 rows, for the distances -reach … reach
 */
export function positionRows(reach: number, buckets: number, maxPosition: number, span: number): number[] {
  return Array.from({ length: 2 * reach + 1 }, (_, index) => {
    const distance = index - reach;
    const bucket = buckets > 0 && maxPosition > 0 ? logBucket(distance, buckets, maxPosition) : distance;
    return Math.min(Math.max(bucket + span, 0), 2 * span - 1);
  });
}

function logBucket(distance: number, buckets: number, maxPosition: number): number {
  const middle = Math.floor(buckets / 2);
  const magnitude = Math.abs(distance) < middle ? middle - 1 : Math.abs(distance);
  if (magnitude <= middle) return distance;
  const numerator = Math.fround(Math.log(Math.fround(magnitude / middle)));
  const denominator = Math.fround(Math.log(Math.fround((maxPosition - 1) / middle)));
  const share = Math.fround(Math.fround(numerator / denominator) * (middle - 1));
  return Math.sign(distance) * (Math.ceil(share) + middle);
}
