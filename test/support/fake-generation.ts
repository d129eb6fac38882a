import type { Generation } from '../../src/model/generation.ts';
import type { ScoredRequest } from '../../src/model/score-pairs.ts';

/** As much of a loaded model as those need who only watch it. */
export interface FakeGeneration {
  readonly identity: Generation['identity'];
  readonly maxLength: number;
  queuedPairs: number;
  restarts: number;
  ownOutage: string | undefined;
  isClosed: boolean;
  readyEngines: number;
  outage: string | undefined;
  /** On the clock of the test. */
  lastAnswerAt: number;
  readonly asked: { readonly query: string; readonly documents: readonly string[] }[];
  /** One logit a document. */
  readonly logit: (document: string) => number;
}

export interface FakeGenerationOptions {
  readonly logit?: (document: string) => number;
  /** What the end of its processes waits for. */
  readonly ending?: Promise<void>;
}

/** A model without processes. @param name the first letter makes its digest */
export function fakeGeneration(
  name: string,
  { logit = (document) => document.length, ending = Promise.resolve() }: FakeGenerationOptions = {},
): Generation & FakeGeneration {
  const fake: FakeGeneration & Pick<Generation, 'score' | 'close' | 'release'> = {
    identity: {
      generation: 1,
      reference: `local://${name}`,
      digest: name.slice(0, 1).repeat(64),
      device: 'cpu',
      dtype: 'fp32',
    },
    maxLength: 512,
    queuedPairs: 0,
    restarts: 0,
    ownOutage: undefined,
    isClosed: false,
    readyEngines: 1,
    outage: undefined,
    lastAnswerAt: Number.NEGATIVE_INFINITY,
    asked: [],
    logit,
    async score(query, documents, _limits, signal) {
      signal.throwIfAborted();
      fake.asked.push({ query, documents });
      return scored(documents.map(logit));
    },
    async close() {
      await ending;
      fake.isClosed = true;
    },
    async release() {
      await fake.close();
      return undefined;
    },
  };
  return fake as unknown as Generation & FakeGeneration;
}

function scored(logits: readonly number[]): ScoredRequest {
  return {
    logits: Float32Array.from(logits),
    tokens: new Uint32Array(logits.length),
    truncated: new Uint8Array(logits.length),
    tokenizationMs: 0,
    queueMs: 0,
    inferenceMs: 0,
    computeMs: 0,
  };
}
