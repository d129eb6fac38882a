import { LiveTraffic } from '../../src/serving/live/live-traffic.ts';

/** Live traffic that counts who looks on. */
export class WatchedTraffic extends LiveTraffic {
  readonly #observers = new Set<object>();
  readonly #listeners = new Set<object>();

  get observers(): number {
    return this.#observers.size;
  }

  /** Those who wait for outcomes. */
  get listeners(): number {
    return this.#listeners.size;
  }

  override observe(...args: Parameters<LiveTraffic['observe']>): () => void {
    return counted(this.#observers, super.observe(...args));
  }

  override onOutcome(...args: Parameters<LiveTraffic['onOutcome']>): () => void {
    return counted(this.#listeners, super.onOutcome(...args));
  }
}

function counted(among: Set<object>, stop: () => void): () => void {
  among.add(stop);
  return () => {
    among.delete(stop);
    stop();
  };
}
