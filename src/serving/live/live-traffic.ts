import type { Generation } from '../../model/generation.ts';
import { isFaultOf } from './model-fault.ts';
import { type AnsweredRequest, VitalSigns } from './vital-signs.ts';

/** A live request with what one model made of it. */
export interface LiveRequest {
  readonly query: string;
  readonly documents: readonly string[];
  readonly generation: Generation;
  readonly logits: Float32Array;
}

/** Somebody who looks at live requests. Must be quick: the answer is not sent before. */
export type LiveObserver = (request: LiveRequest) => void;

/** What live requests tell: how each generation does, and the requests themselves for whoever asks for them. */
export class LiveTraffic {
  readonly #vitals = new WeakMap<Generation, VitalSigns>();
  readonly #observers = new Set<LiveObserver>();
  readonly #listeners = new Set<(generation: Generation) => void>();

  vitalsOf(generation: Generation): VitalSigns {
    const known = this.#vitals.get(generation);
    if (known !== undefined) return known;
    const fresh = new VitalSigns();
    this.#vitals.set(generation, fresh);
    return fresh;
  }

  /** @returns ends it. */
  observe(observer: LiveObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Calls back after every request that a model answered or failed on. @returns ends it. */
  onOutcome(listener: (generation: Generation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  answered(request: LiveRequest, figures: Omit<AnsweredRequest, 'logits'>): void {
    const { generation, logits } = request;
    this.vitalsOf(generation).answer({ ...figures, logits });
    if (!logits.every(Number.isFinite)) return;
    for (const observer of this.#observers) observer(request);
    for (const listener of this.#listeners) listener(generation);
  }

  /** A request that no other model could be asked in the same way: it counts, and observers don't see it. */
  answeredUnseen(generation: Generation, figures: AnsweredRequest): void {
    this.vitalsOf(generation).answer(figures);
    if (!figures.logits.every(Number.isFinite)) return;
    for (const listener of this.#listeners) listener(generation);
  }

  /** @param error only what is the model's fault counts. */
  failed(generation: Generation, error: unknown): void {
    if (!isFaultOf(generation, error)) return;
    this.vitalsOf(generation).fail();
    for (const listener of this.#listeners) listener(generation);
  }
}
