import type { Client, Reranked } from '../../../test/support/client.ts';

/** A request of the load. */
export interface LoadRequest {
  readonly query: string;
  readonly documents: readonly string[];
}

/** What one model is known to answer: a list of scores for each request. */
export interface KnownModel {
  readonly reference: string;
  /** Content of the `x-model-digest` header. */
  readonly digest: string;
  /** Logits: unlike scores they never saturate. */
  readonly scores: readonly (readonly number[])[];
}

/** What serves now is asked for its answers, while nothing else runs. @throws Error for anything but 200. */
export async function learnModel(client: Client, requests: readonly LoadRequest[]): Promise<KnownModel> {
  const scores: (readonly number[])[] = [];
  let identity: Pick<KnownModel, 'reference' | 'digest'> = { reference: '', digest: '' };
  for (const { query, documents } of requests) {
    const { headers, body } = await client.rerank(query, documents, { raw_scores: true });
    scores.push(body.scores);
    identity = {
      reference: decodeURI(headers.get('x-model') ?? ''),
      digest: headers.get('x-model-digest') ?? '',
    };
  }
  return { ...identity, scores };
}

/** The same request in another batch may differ by the last bits of a float. */
const TOLERANCE = 1e-5;

/** What has to be true of every answer, by which models may give it. */
export class KnownAnswers {
  readonly #byDigest = new Map<string, KnownModel>();

  /** References whose answers may say anything, for a while. */
  readonly tolerated = new Set<string>();

  /** From now on answers of this model are right answers. */
  add(model: KnownModel): void {
    this.#byDigest.set(model.digest, model);
  }

  /** @throws Error when two models can't be told apart by every single answer: a mix-up would not show. */
  requireDistinct(): void {
    const models = [...this.#byDigest.values()];
    for (const [position, one] of models.entries()) {
      for (const other of models.slice(position + 1)) {
        const same = one.scores.findIndex((scores, index) => isClose(scores, other.scores[index] ?? []));
        if (same !== -1) {
          throw new Error(`${one.reference} and ${other.reference} answer the same to request ${same}`);
        }
      }
    }
  }

  /**
   * Holds a 200 answer against what the one model that its headers name is known to answer.
   * @returns what is wrong with it, or undefined.
   */
  findFault(index: number, requestId: string, headers: Headers, body: Reranked): string | undefined {
    const digest = headers.get('x-model-digest') ?? '';
    const known = this.#byDigest.get(digest);
    const named = decodeURI(headers.get('x-model') ?? '');
    if (this.tolerated.has(named)) return undefined;
    if (known === undefined)
      return `request ${index} was answered by ${named} (${digest}), which must not serve now`;
    if (known.reference !== named || body.model !== named) {
      return `request ${index}: x-model names ${named}, the body ${body.model}, the digest is that of ${known.reference}`;
    }
    if (headers.get('x-request-id') !== requestId || body.id !== requestId) {
      return `request ${requestId} got the answer to ${headers.get('x-request-id')} (in the body: ${body.id})`;
    }
    if (!isClose(body.scores, known.scores[index] ?? []))
      return this.#explainScores(index, known, body.scores);
    const ranked = body.results.every(
      ({ index: at, relevance_score }) => body.scores[at] === relevance_score,
    );
    const complete = new Set(body.results.map(({ index: at }) => at)).size === body.scores.length;
    return ranked && complete ? undefined : `request ${index}: results and scores don't say the same`;
  }

  #explainScores(index: number, known: KnownModel, scores: readonly number[]): string {
    const others = [...this.#byDigest.values()].filter(
      (other) => other !== known && scores.some((score, at) => isNear(score, other.scores[index]?.[at])),
    );
    const whose = others.map(({ reference }) => `; some are those of ${reference}`).join('');
    return `request ${index}: ${scores.length} scores that are not those of ${known.reference}${whose}: ${scores.slice(0, 8).join(', ')}`;
  }
}

function isClose(scores: readonly number[], expected: readonly number[]): boolean {
  return scores.length === expected.length && scores.every((score, at) => isNear(score, expected[at]));
}

function isNear(score: number, expected: number | undefined): boolean {
  return Math.abs(score - (expected ?? Number.NaN)) <= TOLERANCE;
}
