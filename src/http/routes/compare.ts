import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { SideAnswer, SideBySide } from '../../rerank/side-by-side.ts';
import { clientGone } from '../request-context.ts';
import { validate } from '../validate.ts';

/** A comparison is for a person to look at. */
const MOST_DOCUMENTS = 200;

const text = z.string({ error: 'must be a string' });

export const compareSchema = z.object({
  query: text
    .refine((query) => query.trim() !== '', { error: 'must not be empty' })
    .meta({ pattern: String.raw`\S` }),
  documents: z
    .array(text, { error: 'must be a list' })
    .min(1, { error: 'must hold at least one document' })
    .max(MOST_DOCUMENTS, { error: `must not hold more than ${MOST_DOCUMENTS} documents` }),
});

/** POST /compare: the same texts on the model that serves and on the one that is loaded beside it. */
export function compareRoute(sideBySide: SideBySide): RequestHandler {
  return async (request, response) => {
    const { query, documents } = validate(compareSchema, request.body);
    const result = await sideBySide.compare(query, documents, clientGone(response));
    response.json({
      models: [result.current, result.other].map(describe),
      agreement: { kendall_tau: result.kendallTau, same_best: result.sameBest },
    });
  };
}

/** A score that is no number is null in JSON: here it is what one wants to see. */
function describe({ role, model, logits, scores, order, tokens, truncated, ...times }: SideAnswer) {
  return {
    role,
    model: model.reference,
    digest: `sha256:${model.digest}`,
    generation: model.generation,
    dtype: model.dtype,
    scores,
    logits,
    order,
    tokens,
    truncated,
    tokenization_ms: times.tokenizationMs,
    queue_ms: times.queueMs,
    inference_ms: times.inferenceMs,
  };
}
