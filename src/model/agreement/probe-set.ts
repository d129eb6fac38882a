import { readText } from '../../platform/read-text.ts';
import { type ProbeSet, parseProbeSet } from './parse-probe-set.ts';
import shipped from './shipped-probe-set.json' with { type: 'json' };

export type { ProbeQuery, ProbeSet } from './parse-probe-set.ts';

const MAX_BYTES = 64 * 2 ** 20;

/**
 * 54 queries with 8 to 11 short passages each, for comparing models where nobody has a set of their own. Nine languages,
 * questions and keywords, prose and code; among the passages are right answers, ones in another language, near-duplicates
 * in which a number or a negation makes the answer wrong, and passages that share only words with the query. A passage's
 * place says nothing about it.
 */
export function shippedProbeSet(): ProbeSet {
  return shipped;
}

/**
 * Reads a probe set from a file of at most 64 MiB, in one of the forms of `parseProbeSet`. Parsing holds the thread, for
 * the largest files about a second.
 * @throws ServiceError invalid_request that says what is wrong with the file and where.
 */
export async function readProbeSet(path: string): Promise<ProbeSet> {
  return parseProbeSet(await readText(path, { maxBytes: MAX_BYTES, what: `the probe set ${path}` }), path);
}
