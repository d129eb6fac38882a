import type { Clock } from '../../platform/clock.ts';
import type { RequestTrace } from '../../platform/tracing/request-trace.ts';
import type {
  OperationFacts,
  OperationKind,
  OperationReport,
  OperationStatus,
  Progress,
} from './operation-report.ts';
import type { FetchStep, Phase } from './phase.ts';

export interface OperationOptions {
  readonly id: string;
  readonly kind: OperationKind;
  readonly reference: string;
  /** Who asked for it. */
  readonly by: string;
  readonly dryRun: boolean;
  readonly forced: boolean;
  /** The request that asked for it. */
  readonly trace?: RequestTrace | undefined;
  readonly clock: Clock;
}

/** When it was in a phase, on the injected clock. */
interface PhaseTime {
  readonly phase: Phase;
  readonly from: number;
  to?: number;
}

const NOTHING_FOUND: OperationFacts = {
  mode: null,
  lock_held_ms: null,
  held_requests: null,
  memory: null,
  checks: null,
  probation: null,
  shadow: null,
};

/** One update or rollback on its way through the phases: where it is, what it found, and how to give it up. */
export class Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly reference: string;
  readonly #options: OperationOptions;
  readonly #stop = new AbortController();
  readonly #startedAt: Date;
  readonly #phases: PhaseTime[] = [];
  readonly #warnings: string[] = [];
  readonly #listeners = new Set<() => void>();
  #status: OperationStatus = 'waiting';
  #progress: Progress | null = null;
  #found = NOTHING_FOUND;
  #error: string | null = null;
  #committed = false;
  #givenUp = false;

  constructor(options: OperationOptions) {
    this.id = options.id;
    this.kind = options.kind;
    this.reference = options.reference;
    this.#options = options;
    this.#startedAt = options.clock.date();
  }

  /** Aborts when the operation is to be given up. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** True when nothing about it will change any more, its probation included. */
  get isOver(): boolean {
    const isOpen = this.#status === 'waiting' || this.#status === 'running';
    return !isOpen && this.#found.probation?.state !== 'running';
  }

  /** True once it was given up before it was too late for that. */
  get isGivenUp(): boolean {
    return this.#givenUp;
  }

  /** The request that asked for it. */
  get trace(): RequestTrace | undefined {
    return this.#options.trace;
  }

  /** The phases so far; the last one has no end while it is in there. */
  get phaseTimes(): readonly Readonly<PhaseTime>[] {
    return this.#phases;
  }

  readonly enter = (phase: Phase): void => {
    this.#status = 'running';
    if (this.#phases.at(-1)?.phase === phase) return;
    this.#endPhase();
    this.#phases.push({ phase, from: this.#options.clock.now() });
    this.#changed();
  };

  /** How far the current phase is. */
  readonly advance = (done: number, total: number, unit: Progress['unit'], doing?: FetchStep): void => {
    this.#progress = { done, total, unit, ...(doing && { doing }) };
    this.#changed();
  };

  found(facts: Partial<OperationFacts>): void {
    this.#found = { ...this.#found, ...facts };
    if (this.isOver) this.#endPhase();
    this.#changed();
  }

  /** Something that did not stop it and that the operator must know. */
  warn(warning: string): void {
    // Said once: several steps may meet the same trouble.
    if (this.#warnings.includes(warning)) return;
    this.#warnings.push(warning);
    this.#changed();
  }

  /** From here on it can't be given up: the new model begins to serve. */
  commit(): void {
    this.#stop.signal.throwIfAborted();
    this.#committed = true;
  }

  /** @returns false when it is too late. */
  abort(reason: Error): boolean {
    if (this.#committed || !(this.#status === 'waiting' || this.#status === 'running')) return false;
    this.#givenUp = true;
    this.#stop.abort(reason);
    return true;
  }

  /** Ends work that has had its time, be it too late to give the operation up: it fails. */
  expire(reason: Error): void {
    this.#stop.abort(reason);
  }

  /** What it came to. The phase of probation goes on beyond that. */
  end(status: Exclude<OperationStatus, 'waiting' | 'running'>, error: string | null = null): void {
    this.#status = status;
    this.#error = error;
    if (this.isOver) this.#endPhase();
    this.#changed();
  }

  /** Calls back after every change. @returns what takes the listener away again. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get report(): OperationReport {
    const { id, kind, reference, by, dryRun, forced, clock } = this.#options;
    return {
      id,
      kind,
      model: reference,
      status: this.#status,
      phase: this.#phases.at(-1)?.phase ?? 'resolve',
      started_at: this.#startedAt.toISOString(),
      phases: this.#phases.map(({ phase, from, to }) => ({
        phase,
        ms: toMicroseconds((to ?? clock.now()) - from),
      })),
      progress: this.#progress,
      by,
      dry_run: dryRun,
      forced,
      ...this.#found,
      warnings: [...this.#warnings],
      error: this.#error,
    };
  }

  #endPhase(): void {
    const last = this.#phases.at(-1);
    if (last !== undefined) last.to ??= this.#options.clock.now();
    this.#progress = null;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Milliseconds, rounded to whole microseconds: what the clock can tell. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
