import type { DeviceChoice } from '../engine/device-choice.ts';
import { messageOf, ServiceError } from '../errors.ts';
import type { Generation } from '../model/generation.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { unwatched } from './operation/phase.ts';
import { bringUp } from './preparation/bring-up.ts';
import type { Preparation } from './preparation/preparation.ts';
import type { Probation } from './probation/probation.ts';
import type { Standby } from './probation/standby.ts';
import { announce } from './slot/announce.ts';
import type { ModelSlot } from './slot/model-slot.ts';
import type { ServingRecord } from './state/serving-record.ts';
import type { Updater } from './update/updater.ts';

export type { DeviceFallback } from '../engine/choose-device.ts';

export interface DeviceFallbackParts {
  readonly device: DeviceChoice;
  readonly slot: ModelSlot<Generation>;
  readonly preparation: Preparation;
  readonly record: ServingRecord;
  readonly standby: Standby;
  readonly probation: Probation;
  readonly updater: Pick<Updater, 'settle'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'modelInfo'>;
}

/** How often it looks. */
const LOOK_MS = 1_000;

/** A driver that resets a card takes some seconds. A model on the CPU can't be exchanged for one on a card without a restart. */
const PATIENCE_MS = 15_000;

/** When loading on the CPU failed, the card may have come back meanwhile. */
const NEXT_TRY_MS = 60_000;

/** Longer than a model of common size takes to load on a CPU: what requests are told who ask how long they would wait. */
const EXPECTED_LOAD_MS = 10_000;

/**
 * Watches the engines of a card, and serves the same model from the CPU when they don't come up again. Until it is compiled,
 * requests are refused; while it loads, they wait. There is no way back but a restart: whoever mends a card restarts what uses it.
 */
export class DeviceFallbackWatch {
  readonly #parts: DeviceFallbackParts;
  readonly #stop = new AbortController();
  #cancel: (() => void) | undefined;
  #downSince: number | undefined;
  #notBefore = 0;
  #moving: Promise<void> = Promise.resolve();

  constructor(parts: DeviceFallbackParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#stop.signal.aborted) return;
    this.#cancel = this.#parts.clock.after(LOOK_MS, () => {
      this.#moving = this.#look().finally(() => this.start());
    });
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the server is shutting down'));
    this.#cancel?.();
    await this.#moving;
  }

  async #look(): Promise<void> {
    const { slot, clock, logger, device } = this.#parts;
    const dead = slot.current;
    const outage = dead?.identity.device === 'cpu' ? undefined : dead?.deviceOutage;
    if (dead === undefined || outage === undefined) {
      this.#downSince = undefined;
      return;
    }
    const now = clock.now();
    this.#downSince ??= now;
    if (now - this.#downSince < PATIENCE_MS || now < this.#notBefore) return;
    logger.error(
      { reason: outage },
      `the ${dead.identity.device} device stays away: FALLING BACK TO THE CPU, which is many times slower (RERANK_GPU_FALLBACK=cpu)`,
    );
    let takeBack: (() => void) | undefined;
    try {
      takeBack = await device.fallBack(outage);
      await this.#moveToCpu(dead, outage);
      // Somebody else was quicker, on the card.
      if (slot.current?.identity.device !== 'cpu') takeBack?.();
    } catch (error) {
      // The card may come back: then the next update must not move to the CPU without a word.
      takeBack?.();
      this.#notBefore = clock.now() + NEXT_TRY_MS;
      if (!this.#stop.signal.aborted)
        logger.fatal({ err: error }, `the CPU can't serve either: ${messageOf(error)}`);
    }
  }

  async #moveToCpu(dead: Generation, outage: string): Promise<void> {
    const { slot, preparation, record, standby, probation, updater, logger, metrics } = this.#parts;
    await updater.settle(
      new ServiceError('unavailable', 'the update was given up: the model moves to the CPU', {
        detail: `${outage}. Ask for the update again.`,
      }),
    );
    probation.end('the device failed');
    await standby.dismiss();
    const { reference, digest } = dead.identity;
    const dtype = record.state?.digest === digest ? record.state.dtype : undefined;
    // What is fastest on this CPU is assumed, not measured: nothing serves meanwhile.
    const target = { reference, digest, dtype };
    const { load } = await bringUp(preparation, target, unwatched(this.#stop.signal), { isTight: true });
    await slot.replace(
      EXPECTED_LOAD_MS,
      (model) => !model.isClosed,
      async (current) => {
        // Somebody else was quicker.
        if (current !== dead) return current;
        const next = await load();
        await dead.close();
        announce(next, metrics);
        logger.warn(`${reference} serves from the CPU: ${outage}`);
        return next;
      },
    );
  }
}
