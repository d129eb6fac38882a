import type { z } from 'zod';

/** More of them tell a reader nothing new. */
const MAX_PROBLEMS = 5;

/**
 * What is wrong with a part of a file, for the person who wrote it: "queries[3].documents[1] must be a string; …".
 * @param place of the part in the file.
 * @param separator between it and a key of the part.
 */
export function problemsOf({ issues }: z.ZodError, place: string, separator: string): string {
  const problems = issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => {
    const [key, index] = path;
    const at =
      key === undefined ? '' : `${separator}${String(key)}${index === undefined ? '' : `[${String(index)}]`}`;
    return `${place}${at} ${message}`;
  });
  const more = issues.length - problems.length;
  return problems.join('; ') + (more > 0 ? `; and ${more} more` : '');
}
