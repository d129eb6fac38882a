import { ServiceError } from '../../errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { Breaker } from './breaker.ts';

/** A hub, or a mirror of one. */
export interface Endpoint {
  /** Without a slash at the end. */
  readonly url: string;
  /** For people and metrics: the host. */
  readonly name: string;
  readonly breaker: Breaker;
}

const DEFAULT_ENDPOINT = 'https://huggingface.co';

const MAX_ENDPOINTS = 16;

/**
 * The endpoints to ask, in order.
 * @param hfEndpoint HF_ENDPOINT; comes first
 * @param hubEndpoints RERANK_HUB_ENDPOINTS
 * @throws ServiceError invalid_request for what is no HTTP address.
 */
export function hubEndpoints(
  { hfEndpoint, hubEndpoints: more = [] }: HubEndpointSettings,
  clock: Clock,
): readonly Endpoint[] {
  const texts = [...(hfEndpoint ? [hfEndpoint] : []), ...more];
  const urls = (texts.length === 0 ? [DEFAULT_ENDPOINT] : texts).map(checkedUrl);
  if (urls.length > MAX_ENDPOINTS) {
    throw new ServiceError(
      'invalid_request',
      `${urls.length} hub endpoints are too many: at most ${MAX_ENDPOINTS}`,
    );
  }
  return [...new Set(urls)].map((url) => ({ url, name: new URL(url).host, breaker: new Breaker(clock) }));
}

export interface HubEndpointSettings {
  readonly hfEndpoint?: string | undefined;
  readonly hubEndpoints?: readonly string[];
}

/** Those that work first, in their order; then the others, for when nothing else is left. */
export function byHealth(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return endpoints.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ breaker }: Endpoint): number {
  return breaker.state === 'open' ? 1 : 0;
}

function checkedUrl(text: string): string {
  const url = URL.parse(text.trim());
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
  if (!isPlain || url.username !== '' || url.password !== '') {
    // The text is not repeated: it may hold a password.
    const name = url === null ? 'a hub endpoint' : `the hub endpoint ${url.host}`;
    throw new ServiceError('invalid_request', `${name} is not a plain HTTP address`, {
      detail:
        'HF_ENDPOINT and RERANK_HUB_ENDPOINTS take addresses like https://mirror.example; tokens belong in RERANK_HUB_TOKENS.',
    });
  }
  return url.href.replace(/\/+$/, '');
}
