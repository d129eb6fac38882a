import { messageOf } from '../../errors.ts';
import { type Clock, delay } from '../../platform/clock.ts';
import type { Endpoint } from './endpoints.ts';
import { type EndpointFailure, HubFailure } from './hub-failure.ts';
import { UnusableAnswer } from './json-request.ts';

/** How long to try. */
export interface Patience {
  /** For one round through the endpoints; those that are left share what is left of it. */
  readonly roundMs: number;
  /** More than one where there is nothing to fall back on. */
  readonly rounds: number;
  /** Told at once when there is a wait, or somebody else is asked, because an endpoint wants to be left alone. */
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

const TOO_MANY_REQUESTS = 429;

const REFUSALS = new Set([401, 403, 404]);

const FIRST_PAUSE_MS = 500;

const MAX_WAIT_MS = 30_000;

/**
 * Asks one endpoint after the other until one answers. A refusal is final for its endpoint, and for all only when no other one
 * failed in passing.
 * @param ask one endpoint, within so many milliseconds
 * @param onFailover is told of an endpoint that answered in place of one before it
 * @throws HubFailure, or the reason of the signal.
 */
export async function askEndpoints<T>(
  endpoints: readonly Endpoint[],
  { roundMs, rounds, warn, signal }: Patience,
  clock: Clock,
  random: () => number,
  ask: (endpoint: Endpoint, timeoutMs: number) => Promise<T>,
  onFailover: (endpoint: Endpoint) => void,
): Promise<T> {
  const left = new Map<Endpoint, EndpointFailure>();
  for (let round = 1; ; round++) {
    // Where nothing can be fallen back on, even those that failed lately are asked.
    const isLast = rounds > 1 && round === rounds;
    const failures: EndpointFailure[] = [];
    const until = clock.now() + roundMs;
    for (const [index, endpoint] of endpoints.entries()) {
      const before = left.get(endpoint);
      if (before !== undefined) {
        failures.push(before);
        continue;
      }
      if (!endpoint.breaker.tryEnter() && !isLast) {
        failures.push(failureAt(endpoint, 'failed several times lately and is left alone for a while'));
        continue;
      }
      const timeoutMs = Math.max(1, (until - clock.now()) / (endpoints.length - index));
      const outcome = await attempt(endpoint, () => ask(endpoint, timeoutMs), signal);
      if ('value' in outcome) {
        if (failures.length > 0) onFailover(endpoint);
        return outcome.value;
      }
      failures.push(outcome.failure);
      if (isLastWord(outcome.failure)) left.set(endpoint, outcome.failure);
      if (outcome.failure.retryAfterMs && index + 1 < endpoints.length) {
        warn(`${endpoint.name} ${outcome.failure.reason}: the next endpoint is asked`);
      }
    }
    if (round >= rounds || left.size === endpoints.length) throw new HubFailure(failures);
    const waits = failures.filter((failure) => !isLastWord(failure));
    for (const { name, reason, retryAfterMs = 0 } of waits) {
      if (retryAfterMs > 0) warn(`${name} ${reason}: it is asked again then`);
    }
    await delay(clock, pauseOf(waits, round, random), signal);
    signal.throwIfAborted();
  }
}

/** Who said no, or wants to be left alone for longer than anybody waits, is asked no more. The others may still have it. */
function isLastWord({ refusal, retryAfterMs = 0 }: EndpointFailure): boolean {
  return refusal !== undefined || retryAfterMs > MAX_WAIT_MS;
}

async function attempt<T>(
  endpoint: Endpoint,
  ask: () => Promise<T>,
  signal: AbortSignal,
): Promise<{ value: T } | { failure: EndpointFailure }> {
  const { breaker } = endpoint;
  try {
    const value = await ask();
    breaker.succeeded();
    return { value };
  } catch (error) {
    if (signal.aborted) {
      breaker.abandoned();
      throw signal.reason;
    }
    const status = error instanceof UnusableAnswer ? error.status : undefined;
    // Whoever says no is well.
    if (status !== undefined && REFUSALS.has(status)) breaker.succeeded();
    else breaker.failed();
    const reason =
      error instanceof UnusableAnswer ? error.message : `could not be asked (${messageOf(error)})`;
    return { failure: failureAt(endpoint, reason, error) };
  }
}

function failureAt({ name, url }: Endpoint, reason: string, error?: unknown): EndpointFailure {
  const { status, code, retryAfterMs } = error instanceof UnusableAnswer ? error : {};
  return {
    name,
    url,
    reason,
    ...(status !== undefined && REFUSALS.has(status) ? { refusal: { status, code } } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    isThrottled: status === TOO_MANY_REQUESTS || retryAfterMs !== undefined,
  };
}

/** Doubles from round to round, half of it by chance; or what a server asked for. */
function pauseOf(waits: readonly EndpointFailure[], round: number, random: () => number): number {
  const asked = Math.max(0, ...waits.map(({ retryAfterMs = 0 }) => retryAfterMs));
  const own = FIRST_PAUSE_MS * 2 ** (round - 1) * (0.5 + random());
  return Math.max(asked, own);
}
