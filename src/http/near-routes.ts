/** Longer paths resemble nothing. */
const LONGEST_PATH = 200;
const MOST_TYPOS = 2;
const MOST_SHOWN = 3;

/**
 * Routes that somebody may have meant: the same behind another prefix (`/api/v1/rerank`, `/v1/v1/rerank`), or but for a typing
 * mistake or two.
 * @param known paths without parameters
 */
export function nearRoutes(path: string, known: readonly string[]): string[] {
  if (path.length > LONGEST_PATH) return [];
  const asked = path
    .toLowerCase()
    .replaceAll(/\/{2,}/g, '/')
    .replace(/\/$/, '');
  const ranked = known
    .map((route) => ({ route, distance: distanceTo(asked, route) }))
    .filter(({ distance }) => distance <= MOST_TYPOS)
    .toSorted((a, b) => a.distance - b.distance || b.route.length - a.route.length);
  return ranked.slice(0, MOST_SHOWN).map(({ route }) => route);
}

function distanceTo(asked: string, route: string): number {
  return asked.endsWith(route) ? 0 : editDistance(asked, route);
}

/** Levenshtein's: insertions, deletions and replacements. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST_TYPOS) return MOST_TYPOS + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
