import type { VitalSigns } from '../live/vital-signs.ts';

/** What a model on probation is held against. */
export interface Vitals {
  readonly signs: VitalSigns;
  /** Processes of the model that ended unasked. */
  readonly restarts: number;
  /** Why none of them comes up; undefined while it works. */
  readonly outage?: string | undefined;
}

/** One may be the system's fault, such as a process that was killed from outside. */
const MAX_RESTARTS = 2;

/** One request may be a poison that no model survives. */
const MAX_FAILURES = 2;
const MAX_FAILED_SHARE = 0.01;

const MAX_NOT_FINITE = 1;

/** Figures of fewer requests say nothing about the slowest percent. */
const MIN_REQUESTS = 100;

/** On top of what the gates have measured already. */
const MAX_SLOWDOWN = 3;

/**
 * The spread that nine of ten requests stay below, as a share of what it was before: below it, documents are hardly told apart any
 * more. Not the middle one: where half of the requests have documents that are all alike, it is nothing in good times too.
 */
const MIN_SPREAD_SHARE = 0.05;
const SPREAD_QUANTILE = 0.9;

/**
 * Says why a model must not go on serving, without a full stop; undefined when nothing speaks against it.
 * @param before the model that served until then.
 * @param expectedSlowdown time of the new model divided by that of the old, as the gates saw it.
 */
export function breach(now: Vitals, before: VitalSigns, expectedSlowdown: number): string | undefined {
  const { signs, restarts, outage } = now;
  if (outage !== undefined) return outage;
  const { answered, failed, notFinite } = signs;
  const all = answered + failed;
  if (notFinite > MAX_NOT_FINITE) return `${notFinite} of ${all} requests got scores that are no numbers`;
  if (failed > MAX_FAILURES && failed > all * MAX_FAILED_SHARE) return `${failed} of ${all} requests failed`;
  if (restarts > MAX_RESTARTS) return `${restarts} of its processes ended unasked`;
  return slowdown(signs, before, expectedSlowdown) ?? collapse(signs, before);
}

/** Time of the device for a token, which neither the load nor the length of the requests changes much. */
function slowdown(now: VitalSigns, before: VitalSigns, expected: number): string | undefined {
  if (now.msPerToken.size < MIN_REQUESTS || before.msPerToken.size < MIN_REQUESTS) return undefined;
  const ratio = now.msPerToken.quantile(0.99) / before.msPerToken.quantile(0.99);
  const limit = MAX_SLOWDOWN * Math.max(1, expected);
  if (!(ratio > limit)) return undefined;
  return `p99 of the time for a token is ${ratio.toFixed(1)} times what it was before, above ${limit.toFixed(1)}`;
}

function collapse(now: VitalSigns, before: VitalSigns): string | undefined {
  if (now.spreads.size < MIN_REQUESTS || before.spreads.size < MIN_REQUESTS) return undefined;
  const [spread, usual] = [now.spreads.quantile(SPREAD_QUANTILE), before.spreads.quantile(SPREAD_QUANTILE)];
  if (!(spread < usual * MIN_SPREAD_SHARE)) return undefined;
  return `documents of a request hardly differ any more: their logits spread over ${spread.toPrecision(2)}, before over ${usual.toPrecision(2)}`;
}
