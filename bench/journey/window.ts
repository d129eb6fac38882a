import { type Spread, spreadOf } from '../../scripts/measuring/statistics.ts';
import type { Sample } from './load/protocol.ts';

/** A part of a run, in milliseconds since 1970. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What the load saw in one or several windows. */
export interface WindowFigures {
  readonly seconds: number;
  readonly requests: number;
  readonly failed: number;
  /** Of right answers. */
  readonly latencyMs: Spread;
}

/** A request belongs to the window in which it was sent. */
export function figuresOf(samples: readonly Sample[], windows: readonly Window[]): WindowFigures {
  const seen = samples.filter(({ at }) => windows.some(({ from, to }) => at >= from && at < to));
  const right = seen.filter(({ fault }) => fault === undefined);
  return {
    seconds: windows.reduce((sum, { from, to }) => sum + (to - from) / 1000, 0),
    requests: seen.length,
    failed: seen.length - right.length,
    latencyMs: spreadOf(right.map(({ latencyMs }) => latencyMs)),
  };
}
