import type { Clock } from '../platform/clock.ts';
import type { Phase } from './preparation.ts';

export type OperationKind = 'update' | 'rollback';

/** What an operator sees of an update. */
export interface OperationReport {
  readonly id: string;
  readonly kind: OperationKind;
  readonly model: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  /** Where it is, or where it ended. */
  readonly phase: Phase;
  readonly started_at: string;
  readonly phases: readonly { readonly phase: Phase; readonly ms: number }[];
  readonly lock_held_ms: number | null;
  readonly error: string | null;
}

/** One update or rollback on its way through the phases. */
export class Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly reference: string;
  lockHeldMs: number | undefined;
  readonly #clock: Clock;
  readonly #startedAt: Date;
  readonly #phases: { phase: Phase; from: number; to?: number }[];
  #status: OperationReport['status'] = 'running';
  #error: string | undefined;

  constructor(id: string, kind: OperationKind, reference: string, clock: Clock) {
    this.id = id;
    this.kind = kind;
    this.reference = reference;
    this.#clock = clock;
    this.#startedAt = clock.date();
    this.#phases = [{ phase: 'resolve', from: clock.now() }];
  }

  enter(phase: Phase): void {
    const now = this.#clock.now();
    const last = this.#phases.at(-1);
    if (last?.phase === phase) return;
    if (last !== undefined) last.to = now;
    this.#phases.push({ phase, from: now });
  }

  succeed(): void {
    this.#end('succeeded');
  }

  fail(message: string): void {
    this.#error = message;
    this.#end('failed');
  }

  get report(): OperationReport {
    return {
      id: this.id,
      kind: this.kind,
      model: this.reference,
      status: this.#status,
      phase: this.#phases.at(-1)?.phase ?? 'resolve',
      started_at: this.#startedAt.toISOString(),
      phases: this.#phases.map(({ phase, from, to }) => ({
        phase,
        ms: toMicroseconds((to ?? this.#clock.now()) - from),
      })),
      lock_held_ms: this.lockHeldMs === undefined ? null : toMicroseconds(this.lockHeldMs),
      error: this.#error ?? null,
    };
  }

  #end(status: 'succeeded' | 'failed'): void {
    const last = this.#phases.at(-1);
    if (last !== undefined) last.to = this.#clock.now();
    this.#status = status;
  }
}

/** Milliseconds, rounded to whole microseconds: what the clock can tell. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
