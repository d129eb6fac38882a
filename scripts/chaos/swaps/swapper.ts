import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '../../../test/support/client.ts';
import type { RandomBits } from '../../synthesize/weights/random-bits.ts';
import { pick } from '../load/requests.ts';
import type { Ability } from '../server/abilities.ts';
import type { Operation, UpdateAnswer, UpdateApi } from '../server/update-api.ts';

/** How the steps of the run are shared out, of a hundred. */
const SHARES = { rollback: 15, cancel: 12, clash: 8 };

/** A cancel comes so long after its update, in milliseconds, at most: somewhere in its middle, or after its end. */
const CANCEL_WITHIN_MS = 600;

/** One in so many updates stays on probation. */
const ON_PROBATION = 5;

/** What was done, counted. */
export interface SwapCounts {
  swaps: number;
  beside: number;
  hold: number;
  rollbacks: number;
  cancelled: number;
  cancelledTooLate: number;
  refused: number;
}

/** Changes between two models in every way there is, one step at a time, and holds every outcome against what it must be. */
export class Swapper {
  readonly counts: SwapCounts = {
    swaps: 0,
    beside: 0,
    hold: 0,
    rollbacks: 0,
    cancelled: 0,
    cancelledTooLate: 0,
    refused: 0,
  };
  readonly faults: string[] = [];
  readonly #api: UpdateApi;
  readonly #abilities: ReadonlySet<Ability>;
  readonly #random: RandomBits;
  #current: string;
  #other: string;

  /** @param models the one that serves, and the other one */
  constructor(
    api: UpdateApi,
    abilities: ReadonlySet<Ability>,
    models: readonly [string, string],
    random: RandomBits,
  ) {
    this.#api = api;
    this.#abilities = abilities;
    [this.#current, this.#other] = models;
    this.#random = random;
  }

  /** Does one thing, drawn by chance, and looks whether the right model serves afterwards. */
  async step(): Promise<void> {
    const draw = this.#random.below(100);
    const { rollback, cancel, clash } = SHARES;
    if (draw < rollback && this.counts.swaps > 0) await this.#rollBack();
    else if (draw < rollback + cancel && this.#abilities.has('cancel')) await this.#cancel();
    else if (draw < rollback + cancel + clash) await this.#clash();
    else await this.#update();
    const serves = await this.#api.current();
    if (serves !== this.#current) {
      this.faults.push(`${serves} serves, and not ${this.#current}`);
      [this.#current, this.#other] = [serves, this.#current];
    }
  }

  async #update(): Promise<void> {
    const mode = this.#mode();
    this.#take(await this.#api.update(this.#other, { mode, ...this.#probation() }), mode);
  }

  async #rollBack(): Promise<void> {
    if (this.#take(await this.#api.rollback())) this.counts.rollbacks++;
  }

  async #cancel(): Promise<void> {
    const mode = this.#mode();
    const { id } = await this.#api.begin(this.#other, { mode, probation: false });
    await delay(this.#random.below(CANCEL_WITHIN_MS));
    const { status, body } = await this.#api.cancel(id);
    const report = await this.#api.settled(id);
    if (report.status === 'cancelled' && status === 200) this.counts.cancelled++;
    else if (report.status === 'succeeded' && (status === 409 || status === 200)) {
      this.counts.cancelledTooLate++;
      this.#swapped(mode);
    } else {
      this.faults.push(
        `a cancelled update: DELETE answered ${status} ${JSON.stringify(body)}, it ${ending(report)}`,
      );
    }
  }

  /** While one update runs, another target is refused. */
  async #clash(): Promise<void> {
    const mode = this.#mode();
    const { id } = await this.#api.begin(this.#other, { mode, probation: false });
    const { status, body } = await this.#api.update(this.#current);
    if (status === 409 && body.error_type === 'update_in_progress') this.counts.refused++;
    else this.faults.push(`a second update at once: ${status} ${JSON.stringify(body)}`);
    const report = await this.#api.settled(id);
    if (report.status === 'succeeded') this.#swapped(mode);
    else this.faults.push(`the first of two updates ${ending(report)}`);
  }

  #take({ status, body }: Answer<UpdateAnswer>, mode?: string): boolean {
    if (status === 200 && body.current_model === this.#other) {
      const chosen = body.operation?.mode?.chosen ?? mode;
      if (mode !== undefined && chosen !== mode)
        this.faults.push(`mode ${mode} was asked for, ${chosen} done`);
      this.#swapped(mode);
      return true;
    }
    this.faults.push(`a change to ${this.#other}: ${status} ${JSON.stringify(body)}`);
    return false;
  }

  #swapped(mode: string | undefined): void {
    this.counts.swaps++;
    if (mode === 'hold' || mode === 'beside') this.counts[mode]++;
    [this.#current, this.#other] = [this.#other, this.#current];
  }

  #mode(): 'beside' | 'hold' {
    return this.#abilities.has('hold') ? pick(['beside', 'hold'] as const, this.#random) : 'beside';
  }

  #probation() {
    return this.#random.below(ON_PROBATION) === 0 ? {} : { probation: false };
  }
}

function ending({ status, error }: Operation): string {
  return `ended as ${status}${error === null ? '' : `: ${error}`}`;
}
