import { ServiceError } from '../../errors.ts';
import { THROTTLED_ADVICE } from '../download/advice.ts';

const OFFLINE = 'HF_HUB_OFFLINE=1 uses only what is on this machine.';

/** Why one endpoint gave no answer that can be used. */
export interface EndpointFailure {
  /** Host of the endpoint. */
  readonly name: string;
  /** Base URL of the endpoint. */
  readonly url: string;
  /** Completes "huggingface.co …". */
  readonly reason: string;
  /** The hub answered, and the answer is no: 401, 403 or 404. */
  readonly refusal?: {
    readonly status: number /** `X-Error-Code` of the hub. */;
    readonly code: string | undefined;
  };
  /** How long it asked to be left alone. */
  readonly retryAfterMs?: number;
  /** It answers too many requests, or asked to be left alone. */
  readonly isThrottled?: boolean;
}

/** No endpoint answered a question. */
export class HubFailure extends Error {
  override readonly name = 'HubFailure';
  readonly failures: readonly EndpointFailure[];

  constructor(failures: readonly EndpointFailure[]) {
    super(failures.map(({ name, reason }) => `${name} ${reason}`).join('; '));
    this.failures = failures;
  }

  /** Nobody said no: what is known from before may still be true. */
  get isOutage(): boolean {
    return this.failures.every(({ refusal }) => refusal === undefined);
  }

  /** What it means to whoever asked for that model. */
  toServiceError(id: string, revision: string): ServiceError {
    const refusals = this.failures.filter(({ refusal }) => refusal !== undefined);
    const gated = refusals.find(({ refusal }) => refusal?.code === 'GatedRepo');
    const refused = gated ?? refusals[0];
    if (refused !== undefined) return refusalOf(refused, id, revision, this);
    return new ServiceError('source_failed', `${id} can't be looked up: ${this.message}`, {
      detail: this.failures.some(({ isThrottled }) => isThrottled)
        ? `${THROTTLED_ADVICE} ${OFFLINE}`
        : `HF_ENDPOINT and RERANK_HUB_ENDPOINTS say where models are fetched from; ${OFFLINE}`,
      cause: this,
    });
  }
}

/**
 * What a 401, 403 or 404 of the hub means: whatever it hides, it calls not found.
 * @param failure with a refusal
 */
export function refusalOf(
  failure: EndpointFailure,
  id: string,
  revision: string,
  cause?: unknown,
): ServiceError {
  const { name, url, refusal } = failure;
  const options = { cause };
  if (refusal?.code === 'GatedRepo') {
    return new ServiceError('source_failed', `${id} is a gated repository, and ${name} does not let us in`, {
      detail: `Accept its terms at ${url}/${id} and set HF_TOKEN to a token of that account (RERANK_HUB_TOKENS for other hosts).`,
      ...options,
    });
  }
  if (refusal?.code === 'RevisionNotFound') {
    return new ServiceError('model_not_found', `${id} has no revision "${revision}" at ${name}`, options);
  }
  if (refusal?.code === 'RepoNotFound' || refusal?.status === 404) {
    return new ServiceError('model_not_found', `there is no model ${id} at ${name}, or it is private`, {
      detail:
        'A private repository needs a token that may read it: HF_TOKEN, or RERANK_HUB_TOKENS for other hosts.',
      ...options,
    });
  }
  return new ServiceError(
    'source_failed',
    `${name} does not let us read ${id}: it answered ${refusal?.status}`,
    {
      detail:
        'Check HF_TOKEN (RERANK_HUB_TOKENS for other hosts): a private or gated repository needs a token that may read it.',
      ...options,
    },
  );
}
