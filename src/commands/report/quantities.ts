const MIB = 2 ** 20;

/** `12.3 MiB` */
export function mebibytes(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

/** `12.3 of 45.6 MiB` */
export function mebibytesOf(done: number, total: number): string {
  return `${(done / MIB).toFixed(1)} of ${mebibytes(total)}`;
}

/** Milliseconds, with as many places as say something: `0.012 ms`, `12.3 ms`, `4567 ms`. */
export function milliseconds(ms: number): string {
  const places = ms < 10 ? 3 : ms < 1000 ? 1 : 0;
  return `${ms.toFixed(places)} ms`;
}

const SPANS = [
  { unit: 'days', seconds: 86_400 },
  { unit: 'h', seconds: 3600 },
  { unit: 'min', seconds: 60 },
] as const;

/** A rough length of time: `42 s`, `3 min`, `2 h`, `5 days`. It changes its unit at twice of it. */
export function timeSpan(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const span = SPANS.find((candidate) => whole >= 2 * candidate.seconds);
  return span === undefined ? `${whole} s` : `${Math.floor(whole / span.seconds)} ${span.unit}`;
}

/** `2026-05-01 12:00:00 UTC`; what is no date stays as it is. */
export function moment(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
