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

  /**
   * Somebody could not be asked, and nobody keeps us out: what is known from before may still be true. That the others don't have
   * it says nothing, since a mirror need not have everything.
   */
  get isOutage(): boolean {
    return this.#inPassing.length > 0 && !this.failures.some(isDenial);
  }

  get #inPassing(): readonly EndpointFailure[] {
    return this.failures.filter(({ refusal }) => refusal === undefined);
  }

  /** What it means to whoever asked for that model. */
  toServiceError(id: string, revision: string): ServiceError {
    const inPassing = this.#inPassing;
    const refused = mostTelling(inPassing.length === 0 ? this.failures : this.failures.filter(isDenial));
    if (refused !== undefined) return refusalOf(refused, id, revision, inPassing, this);
    return new ServiceError('source_failed', `${id} can't be looked up: ${this.message}`, {
      detail: inPassing.some(({ isThrottled }) => isThrottled)
        ? `${THROTTLED_ADVICE} ${OFFLINE}`
        : `HF_ENDPOINT and RERANK_HUB_ENDPOINTS say where models are fetched from; ${OFFLINE}`,
      cause: this,
    });
  }
}

/** The refusal that says most about what to do: a gate, then any other closed door, then whatever there is. */
export function mostTelling(failures: readonly EndpointFailure[]): EndpointFailure | undefined {
  return (
    failures.find(({ refusal }) => refusal?.code === 'GatedRepo') ?? failures.find(isDenial) ?? failures[0]
  );
}

/** It is there, or may be, and is not for us. Hubs hide private repositories behind "not found". */
function isDenial({ refusal }: EndpointFailure): boolean {
  return (
    refusal !== undefined && refusal.status !== 404 && !/^(Repo|Revision)NotFound$/.test(refusal.code ?? '')
  );
}

/**
 * What a 401, 403 or 404 of the hub means: whatever it hides, it calls not found.
 * @param failure with a refusal
 * @param inPassing endpoints that might have had it, and could not be asked
 */
export function refusalOf(
  failure: EndpointFailure,
  id: string,
  revision: string,
  inPassing: readonly EndpointFailure[],
  cause: unknown,
): ServiceError {
  const { type, problem, detail } = meaningOf(failure, id, revision);
  const message = [problem, ...inPassing.map(({ name, reason }) => `${name} ${reason}`)].join('; ');
  return new ServiceError(type, message, { ...(detail === undefined ? {} : { detail }), cause });
}

interface Meaning {
  readonly type: 'source_failed' | 'model_not_found';
  readonly problem: string;
  readonly detail?: string;
}

function meaningOf({ name, url, refusal }: EndpointFailure, id: string, revision: string): Meaning {
  if (refusal?.code === 'GatedRepo') {
    return {
      type: 'source_failed',
      problem: `${id} is a gated repository, and ${name} does not let us in`,
      detail: `Accept its terms at ${url}/${id} and set HF_TOKEN to a token of that account (RERANK_HUB_TOKENS for other hosts).`,
    };
  }
  if (refusal?.code === 'RevisionNotFound') {
    return { type: 'model_not_found', problem: `${id} has no revision "${revision}" at ${name}` };
  }
  if (refusal?.code === 'RepoNotFound' || refusal?.status === 404) {
    return {
      type: 'model_not_found',
      problem: `there is no model ${id} at ${name}, or it is private`,
      detail:
        'A private repository needs a token that may read it: HF_TOKEN, or RERANK_HUB_TOKENS for other hosts.',
    };
  }
  return {
    type: 'source_failed',
    problem: `${name} does not let us read ${id}: it answered ${refusal?.status}`,
    detail:
      'Check HF_TOKEN (RERANK_HUB_TOKENS for other hosts): a private or gated repository needs a token that may read it.',
  };
}
