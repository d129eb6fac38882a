import { z } from 'zod';
import type { Reply } from './exchange.ts';
import type { MutatedRequest } from './mutated-request.ts';

const filled = z.string().refine((text) => text.trim() !== '');

const errorShape = z.looseObject({ message: filled, detail: filled, error: filled, error_type: filled });

const index = z.int().min(0);
const score = z.number();

const answers = z.union([
  z.looseObject({
    id: filled,
    model: filled,
    results: z.array(
      z.object({ index, relevance_score: score, document: z.looseObject({ text: z.string() }).optional() }),
    ),
    data: z.array(z.object({ index, relevance_score: score, document: z.string().optional() })),
    scores: z.array(score).min(1),
    usage: z.object({ prompt_tokens: index, completion_tokens: index, total_tokens: index }),
  }),
  z.array(z.object({ index, score, text: z.string().optional() })).min(1),
  z.object({ scores: z.array(z.object({ document: z.string(), score })).min(1) }),
  z.looseObject({ data: z.array(z.looseObject({ index, score })).min(1) }),
]);

/** What is wrong with an answer; undefined when nothing is. */
export function judge({ method }: MutatedRequest, { status, contentType, text }: Reply): string | undefined {
  if (status >= 500) return `status ${status}: ${text}`;
  if (method === 'HEAD' || status === 204)
    return text === '' ? undefined : `a body where none may be: ${text}`;
  if (!/^application\/json\b/.test(contentType)) return `status ${status} as "${contentType}": ${text}`;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return `not JSON: ${text}`;
  }
  const { error } = (status === 200 ? answers : errorShape).safeParse(body);
  if (error !== undefined) return `status ${status} in another shape: ${text.slice(0, 2000)}`;
  return status === 200 || (status >= 400 && status < 500) ? undefined : `status ${status}: ${text}`;
}
