import type { Spread } from '../../../scripts/measuring/statistics.ts';
import type { PhaseName } from '../phase.ts';

/** What one model is known to answer to one request. */
export interface ExpectedAnswer {
  /** Content of the `x-model-digest` header. */
  readonly digest: string;
  /** The whole body: the request id in it is the one that was sent. */
  readonly body: string;
  readonly scores: readonly number[];
}

/** A request, and what each model answers to it. */
export interface LoadCase {
  /** Sent as `x-request-id`. */
  readonly id: string;
  readonly body: string;
  /** By the reference of the model. */
  readonly answers: Readonly<Record<string, ExpectedAnswer>>;
}

export interface LoadSettings {
  readonly url: string;
  readonly connections: number;
  /** Requests a second over all connections; 0 means closed loop. */
  readonly ratePerSecond: number;
  readonly cases: readonly LoadCase[];
  /** How far a score may be from the one that was given before. */
  readonly scoreTolerance: number;
}

/** What the load did in one phase. */
export interface PhaseLoad {
  readonly phase: PhaseName;
  readonly seconds: number;
  /** Answers of any status. */
  readonly answers: number;
  readonly non2xx: number;
  readonly connectionErrors: number;
  readonly timeouts: number;
  /** 2xx answers that no model gives to that request, or not the model that they name. */
  readonly wrong: number;
  readonly latencyMs: Spread;
  /** Share of the time that the load generator's own thread was busy, 0 to 1. */
  readonly generatorBusy: number;
}

export interface LoadReport {
  readonly phases: readonly PhaseLoad[];
  readonly sent: number;
  /** Requests that ended without an answer and without an error: must be 0 after the drain. */
  readonly unanswered: number;
  /** The first few things that went wrong, in words. */
  readonly examples: readonly string[];
}

/** Counts since the start, every second. */
export interface LoadTick {
  readonly answers: number;
  readonly failed: number;
  readonly wrong: number;
}

/** From the bench to the load process. */
export type LoadOrder =
  | { readonly kind: 'start'; readonly settings: LoadSettings }
  | { readonly kind: 'phase'; readonly phase: PhaseName }
  | { readonly kind: 'drain' };

/** From the load process to the bench. */
export type LoadNews =
  | { readonly kind: 'tick'; readonly tick: LoadTick }
  | { readonly kind: 'report'; readonly report: LoadReport };
