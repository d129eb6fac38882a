/**
 * A copy of a JSON value that lacks one part.
 * @param part such as `results[].document.text`; of a list, the first entry loses it.
 */
export function without(value: unknown, part: string): unknown {
  const steps = part
    .replaceAll('[]', '.0')
    .split('.')
    .filter((step) => step !== '');
  const copy: unknown = structuredClone(value);
  const last = steps.pop();
  const owner = steps.reduce<unknown>(
    (at, step) => (at as Record<string, unknown> | undefined)?.[step],
    copy,
  );
  if (last !== undefined && typeof owner === 'object' && owner !== null) Reflect.deleteProperty(owner, last);
  return copy;
}
