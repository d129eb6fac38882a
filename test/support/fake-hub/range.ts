/** The bytes `[start, end)` of a `Range` header with one range; undefined without one. */
export function parseRange(
  header: string | undefined,
  size: number,
): readonly [number, number] | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from === '') return [Math.max(0, size - Number(to)), size];
  const start = Number(from);
  const end = to === '' ? size : Math.min(size, Number(to) + 1);
  return start < end ? [start, end] : 'unsatisfiable';
}
