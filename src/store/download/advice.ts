import { TransportError } from '../transport/transport-error.ts';
import type { AttemptFailure } from './attempt-failure.ts';

/** For whoever is asked to wait by a hub. */
export const THROTTLED_ADVICE =
  'Hubs let those ask more who say who they are: set HF_TOKEN. HF_ENDPOINT or RERANK_HUB_ENDPOINTS may name a mirror.';

const OTHER_PLACES = 'HF_ENDPOINT and RERANK_HUB_ENDPOINTS say where models of a hub are fetched from';

/**
 * What to do about a blob that no source could give.
 * @param problems the last one of each source; none for those that were not asked
 */
export function adviceFor(problems: readonly AttemptFailure[]): string {
  const passing = problems.find(({ isFinal }) => !isFinal);
  const last = problems.at(-1);
  if (passing !== undefined || last === undefined) {
    const kept = 'What came is kept: the next attempt goes on from there.';
    const isThrottled = problems.some(({ reason, retryAfterMs }) => reason === 'throttled' || retryAfterMs);
    return isThrottled ? `${kept} ${THROTTLED_ADVICE}` : kept;
  }
  // One that would let others in says more than one that doesn't have it.
  const closed = problems.find(({ status }) => status === 401 || status === 403);
  return `Trying again would not help: ${remedyFor(closed ?? last)}`;
}

function remedyFor({ cause, status, reason }: AttemptFailure): string {
  if (cause instanceof TransportError && cause.kind === 'refused') {
    return `that address may not be asked. ${OTHER_PLACES}, and RERANK_HUB_ALLOW_PRIVATE names hosts in private networks that may be asked.`;
  }
  if (cause instanceof TransportError) {
    return `its redirects lead nowhere. Whoever runs that server has to correct them; ${OTHER_PLACES}.`;
  }
  if (status === 404 || status === 410) {
    return 'the file is listed, but not there. Name another revision, or have it published again.';
  }
  if (status === 401 || status === 403) {
    return 'it is not for us. HF_TOKEN is the token for the hub, and RERANK_HUB_TOKENS has those for other hosts.';
  }
  if (reason === 'encoded') return 'the server, or a proxy before it, must send files as they are.';
  return `the server does not give out this file. ${OTHER_PLACES}.`;
}
