import type { ModelAnswer, Sample } from '../load/protocol.ts';

/** The same pair in another batch may differ by the last bits of a float, and by more in int8. */
export interface KnownModel {
  readonly digest: string;
  /** By request, in the order of its documents. */
  readonly scores: readonly (readonly number[])[];
  /** By how much a score may differ. */
  readonly tolerance: number;
}

/** How many answers each model gave, and how many no model gives. */
export interface Judgement {
  readonly before: number;
  readonly after: number;
  /** Answers that are not those of the model that they name. */
  readonly mixed: number;
  /** Answers of the old model to requests that were sent when the new one served already. */
  readonly late: number;
  /** The first few of what is wrong, in words. */
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 5;

/**
 * Holds every right answer against what the model that it names gives when it is asked alone.
 * @param swapped when the update was over, in milliseconds since 1970
 */
export function judgeAnswers(
  samples: readonly Sample[],
  models: { readonly before: KnownModel; readonly after: KnownModel },
  swapped: number,
): Judgement {
  const counts = { before: 0, after: 0, mixed: 0, late: 0 };
  const examples: string[] = [];
  for (const { answer, request, at } of samples) {
    if (answer === undefined) continue;
    const name = answer.digest === models.before.digest ? 'before' : 'after';
    const fault = faultOf(answer, models[name], request);
    const isLate = name === 'before' && at > swapped;
    if (fault === undefined) counts[name]++;
    else counts.mixed++;
    if (isLate) counts.late++;
    const example = fault ?? (isLate ? `request ${request}: the old model, after the swap` : undefined);
    if (example !== undefined && examples.length < MAX_EXAMPLES) examples.push(example);
  }
  return { ...counts, examples };
}

function faultOf({ digest, scores }: ModelAnswer, model: KnownModel, request: number): string | undefined {
  if (digest !== model.digest) return `request ${request}: no model has the digest ${digest}`;
  const expected = model.scores[request] ?? [];
  if (scores.length !== expected.length) return `request ${request}: ${scores.length} scores`;
  const off = scores.findIndex((score, index) => {
    const difference = Math.abs(score - (expected[index] ?? Number.NaN));
    return !(difference <= model.tolerance);
  });
  return off === -1
    ? undefined
    : `request ${request}: ${scores[off]} for document ${off}, not ${expected[off]}`;
}
