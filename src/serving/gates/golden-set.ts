import { z } from 'zod';
import { messageOf, ServiceError } from '../../errors.ts';
import { problemsOf } from '../../platform/problems-of.ts';
import { readText } from '../../platform/read-text.ts';

const MAX_BYTES = 64 * 2 ** 20;
const MAX_QUERIES = 1000;
const MAX_DOCUMENTS = 1000;
const DEFAULT_TOLERANCE = 0.02;

const SHAPE = 'must be an object {"query": "…", "documents": ["…"], "order": […] or "scores": […]}';

const string = z.string({ error: 'must be a string' });
const finite = z.number({ error: 'must be a finite number' });
const toleranceSchema = finite.min(0, 'must not be negative');

/** Counted before its items are looked at: a problem with every one of a million would fill the memory. */
function listOf<T extends z.ZodType>(item: T, what: string, min = 0) {
  const few = z
    .array(z.unknown())
    .min(min, 'must not be empty')
    .max(MAX_DOCUMENTS, `must have at most ${MAX_DOCUMENTS} of them`);
  return z
    .array(z.unknown(), { error: `must be a list of ${what}` })
    .pipe(few)
    .pipe(z.array(item));
}

const querySchema = z
  .object(
    {
      query: string.min(1, 'must not be empty'),
      documents: listOf(string, 'strings', 1),
      order: listOf(z.int({ error: 'must be the index of a document' }), 'indices').optional(),
      scores: listOf(
        finite.min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1'),
        'numbers',
      ).optional(),
      logits: listOf(finite, 'numbers').optional(),
      tolerance: toleranceSchema.optional(),
    },
    { error: SHAPE },
  )
  .check(({ value, issues }) => {
    const { documents, order, scores, logits } = value;
    const complain = (key: string | undefined, message: string): void => {
      issues.push({ code: 'custom', message, path: key === undefined ? [] : [key], input: value });
    };
    if ((order ?? scores ?? logits) === undefined) complain(undefined, 'must have order, scores or logits');
    for (const [key, list] of Object.entries({ order, scores, logits })) {
      if (list === undefined || list.length === documents.length) continue;
      complain(key, `must be as many as there are documents: ${documents.length}, not ${list.length}`);
    }
    if (order !== undefined && !isPermutation(order)) {
      complain('order', `must name every document once, by its index from 0 to ${documents.length - 1}`);
    }
  });

function isPermutation(order: readonly number[]): boolean {
  return order.toSorted((a, b) => a - b).every((index, place) => index === place);
}

/** A query, and what a model must make of it. */
export interface GoldenQuery {
  readonly query: string;
  readonly documents: readonly string[];
  /** Indices of the documents, best first. */
  readonly order?: readonly number[] | undefined;
  /** From 0 to 1, one a document. */
  readonly scores?: readonly number[] | undefined;
  /** One a document. */
  readonly logits?: readonly number[] | undefined;
  /** How far a score or a logit may lie from the expected one, and how far two documents in the wrong order from each other. */
  readonly tolerance: number;
}

export interface GoldenSet {
  /** For messages. */
  readonly name: string;
  readonly queries: readonly GoldenQuery[];
}

/**
 * Reads a golden set from a file of at most 64 MiB.
 * @param name of the file, for messages.
 * @throws ServiceError invalid_request that says what is wrong with the file and where.
 */
export async function readGoldenSet(path: string, name: string): Promise<GoldenSet> {
  return parseGoldenSet(await readText(path, { maxBytes: MAX_BYTES, what: `the golden set ${name}` }), name);
}

/**
 * Parses `{"tolerance"?, "queries": [{"query", "documents", "order"?, "scores"?, "logits"?, "tolerance"?}]}`. Other keys are left
 * alone.
 * @throws ServiceError invalid_request that names the place.
 */
export function parseGoldenSet(text: string, name: string): GoldenSet {
  const { queries, tolerance = DEFAULT_TOLERANCE } = readHead(text, name);
  if (queries.length === 0) throw invalid(name, 'there are no queries in it');
  if (queries.length > MAX_QUERIES) {
    throw invalid(name, `it has ${queries.length} queries; at most ${MAX_QUERIES} are taken`);
  }
  return {
    name,
    queries: queries.map((item, index) => {
      const result = querySchema.safeParse(item);
      if (!result.success) throw invalid(name, problemsOf(result.error, `queries[${index}]`, '.'));
      return { ...result.data, tolerance: result.data.tolerance ?? tolerance };
    }),
  };
}

const headSchema = z.object(
  {
    tolerance: toleranceSchema.optional(),
    queries: z.array(z.unknown(), { error: 'must be a list' }),
  },
  { error: 'it must be an object {"queries": […]}' },
);

function readHead(text: string, name: string): z.infer<typeof headSchema> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalid(name, `it is not JSON: ${messageOf(error)}`);
  }
  const result = headSchema.safeParse(document);
  if (result.success) return result.data;
  throw invalid(name, problemsOf(result.error, '', '').trim());
}

function invalid(name: string, what: string): ServiceError {
  return new ServiceError('invalid_request', `the golden set ${name} can't be used: ${what}`, {
    detail:
      'A golden set is JSON: {"tolerance": 0.02, "queries": [{"query": "…", "documents": ["…", "…"], "order": [1, 0]}]}. Instead of the order, or with it, a query may have scores or logits.',
  });
}
