import { z } from 'zod';
import { messageOf, ServiceError } from '../../errors.ts';
import { problemsOf } from '../../platform/problems-of.ts';

const MAX_QUERIES = 10_000;
const MAX_DOCUMENTS = 1000;

const fewSchema = z
  .array(z.unknown())
  .min(2, 'must have at least 2 documents, or there is no order to compare')
  .max(MAX_DOCUMENTS, `must have at most ${MAX_DOCUMENTS} documents`);

const textsSchema = z.array(z.string({ error: 'must be a string' }));

const querySchema = z.object(
  {
    query: z.string({ error: 'must be a string' }).min(1, 'must not be empty'),
    // Counted before they are looked at: a problem with every one of a million documents would fill the memory.
    documents: z.array(z.unknown(), { error: 'must be a list of strings' }).pipe(fewSchema).pipe(textsSchema),
  },
  { error: 'must be an object {"query": "…", "documents": ["…", "…"]}' },
);

/** A question, and passages that answer it, half answer it or don't. */
export interface ProbeQuery {
  readonly query: string;
  readonly documents: readonly string[];
}

/** What two models are asked in order to compare their answers. */
export type ProbeSet = readonly ProbeQuery[];

/**
 * Reads a list of `{query, documents}`, an object with such a list in `queries`, or one `{query, documents}` a line
 * (JSON Lines, with blank lines anywhere). Other keys are left alone.
 * @param text without a byte order mark.
 * @param file its name, for messages; `.jsonl` says that it is JSON Lines.
 * @throws ServiceError invalid_request that names the place.
 */
export function parseProbeSet(text: string, file: string): ProbeSet {
  const lines = file.endsWith('.jsonl') || startsWithQueryLine(text);
  const queries = lines ? parseLines(text, file) : parseDocument(text, file);
  if (queries.length === 0) throw invalid(file, 'there are no queries in it');
  return queries;
}

/** JSON Lines are also known by their first line: a complete object that is not the whole file. */
function startsWithQueryLine(text: string): boolean {
  const [line = ''] = /\S[^\n]*/.exec(text) ?? [];
  if (!line.startsWith('{')) return false;
  try {
    return !('queries' in JSON.parse(line));
  } catch {
    return false;
  }
}

function parseLines(text: string, file: string): ProbeQuery[] {
  const queries: ProbeQuery[] = [];
  let number = 0;
  for (const line of linesOf(text)) {
    number++;
    if (line.trim() === '') continue;
    if (queries.length === MAX_QUERIES) throw invalid(file, `it has more than ${MAX_QUERIES} queries`);
    queries.push(parseQuery(parseJson(line, file, `line ${number}: `), file, `line ${number}`, ': '));
  }
  return queries;
}

/** Not split at once: a file of nothing but line ends would be millions of strings. */
function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end === -1 ? text.length : end);
    if (end === -1) return;
    start = end + 1;
  }
}

function parseDocument(text: string, file: string): ProbeQuery[] {
  const document = parseJson(text, file, '');
  const wrapped = typeof document === 'object' && document !== null && 'queries' in document;
  const list = wrapped ? document.queries : document;
  if (!Array.isArray(list)) {
    const what = wrapped ? '"queries" must be a list' : 'it must be a list of {query, documents}';
    throw invalid(file, what);
  }
  if (list.length > MAX_QUERIES) {
    throw invalid(file, `it has ${list.length} queries; at most ${MAX_QUERIES} are taken`);
  }
  return list.map((item, index) => parseQuery(item, file, `${wrapped ? 'queries' : ''}[${index}]`, '.'));
}

function parseJson(text: string, file: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(file, `${place}it is not JSON: ${messageOf(error)}`);
  }
}

function parseQuery(item: unknown, file: string, place: string, separator: string): ProbeQuery {
  const result = querySchema.safeParse(item);
  if (result.success) return result.data;
  throw invalid(file, problemsOf(result.error, place, separator));
}

function invalid(file: string, what: string): ServiceError {
  return new ServiceError('invalid_request', `the probe set ${file} can't be used: ${what}`, {
    detail: 'A probe set is JSON or JSON Lines: [{"query": "…", "documents": ["…", "…"]}].',
  });
}
