/** The parts of a run, in order. */
export type PhaseName = 'warm-up' | 'before' | 'during' | 'after' | 'kills' | 'drain';

/** The first and the last part make no full load: their failures count, their speed says nothing. */
export function isMeasured(phase: PhaseName): boolean {
  return phase !== 'warm-up' && phase !== 'drain';
}

/** Values by the phase in which they were observed. */
export class ByPhase {
  readonly #values = new Map<PhaseName, number[]>();

  add(phase: PhaseName, value: number): void {
    const values = this.#values.get(phase);
    if (values === undefined) this.#values.set(phase, [value]);
    else values.push(value);
  }

  of(phase: PhaseName): readonly number[] {
    return this.#values.get(phase) ?? [];
  }

  get all(): readonly number[] {
    return [...this.#values.values()].flat();
  }
}
