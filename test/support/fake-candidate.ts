import type { ScoredRequest } from '../../src/model/score-pairs.ts';
import type { Candidate } from '../../src/serving/gates/candidate.ts';

export interface FakeCandidateOptions {
  readonly reference?: string;
  /** One logit a document. @param call counts from 1 */
  readonly score?: (query: string, documents: readonly string[], call: number) => readonly number[];
  /** Engine time of a request, in milliseconds. */
  readonly computeMs?: number;
  readonly inspectTokenizer?: Candidate['inspectTokenizer'];
}

/** A model that gives longer documents higher scores, with a tokenizer of one token a character. */
export function fakeCandidate(options: FakeCandidateOptions = {}): Candidate {
  const { reference = 'local://fake', computeMs = 1 } = options;
  const { score = byLength, inspectTokenizer = perCharacter } = options;
  let calls = 0;
  return {
    identity: { reference, digest: 'd1', generation: 1, device: 'cpu', dtype: 'fp32' },
    maxLength: 512,
    score: async (query, documents) => answer(score(query, documents, ++calls), computeMs),
    inspectTokenizer,
  };
}

export function byLength(_query: string, documents: readonly string[]): number[] {
  return documents.map(({ length }) => Math.log(1 + length));
}

const perCharacter: Candidate['inspectTokenizer'] = async ({ texts }) => ({
  size: 1_114_112,
  ids: {},
  roundTrips: texts.map((text) => {
    const ids = Array.from(text, (character) => character.codePointAt(0) ?? 0);
    return { text, ids, decoded: text, again: ids };
  }),
});

function answer(logits: readonly number[], computeMs: number): ScoredRequest {
  return {
    logits: Float32Array.from(logits),
    tokens: new Uint32Array(logits.length),
    truncated: new Uint8Array(logits.length),
    tokenizationMs: 0,
    queueMs: 0,
    inferenceMs: 0,
    computeMs,
  };
}
