import type { Clock } from '../platform/clock.ts';
import type { DeviceFallback, Runtime } from './choose-device.ts';

/** What models run on: chosen once, before the first load, and given up for the CPU at most once, unless the CPU can't serve either. A choice that fails is none. */
export class DeviceChoice {
  readonly #choose: () => Promise<Runtime>;
  readonly #clock: Pick<Clock, 'date'>;
  #chosen: Promise<Runtime> | undefined;
  #runtime: Runtime | undefined;

  /** @param choose looks what works. */
  constructor(choose: () => Promise<Runtime>, clock: Pick<Clock, 'date'>) {
    this.#choose = choose;
    this.#clock = clock;
  }

  /** @throws ServiceError unavailable when the device that was asked for does not work. */
  async runtime(): Promise<Runtime> {
    this.#chosen ??= this.#lookOnce();
    return await this.#chosen;
  }

  async #lookOnce(): Promise<Runtime> {
    try {
      this.#runtime = await this.#choose();
      return this.#runtime;
    } catch (error) {
      // A card that is being reset comes back: the next load looks again.
      this.#chosen = undefined;
      throw error;
    }
  }

  /** Why models run on the CPU although a card was meant; undefined while they don't. */
  get fallback(): DeviceFallback | undefined {
    return this.#runtime?.fallback;
  }

  /**
   * All models that are loaded from now on run on the CPU.
   * @returns what takes that back.
   */
  async fallBack(reason: string): Promise<() => void> {
    const meant = await this.runtime();
    const { device, version } = meant;
    if (device === 'cpu') return () => {};
    const fallback = { from: device, reason, since: this.#clock.date().toISOString() };
    this.#runtime = { device: 'cpu', version, fallback };
    this.#chosen = Promise.resolve(this.#runtime);
    return () => {
      this.#runtime = meant;
      this.#chosen = Promise.resolve(meant);
    };
  }
}
