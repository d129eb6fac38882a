import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** How fast bytes leave: a limit for each connection, as gateways have, and one for the link that all of them share. */
export interface LinkSpeed {
  readonly bytesPerSecondPerConnection?: number;
  readonly bytesPerSecond?: number;
}

/** A sender that woke late makes up for that much. */
const CREDIT_MS = 100;

/** Has senders wait as a slow link would. */
export class Pace {
  speed: LinkSpeed = {};
  #linkFreeAt = 0;
  readonly #freeAt = new WeakMap<Socket, number>();

  async take(socket: Socket, bytes: number): Promise<void> {
    const { bytesPerSecond, bytesPerSecondPerConnection } = this.speed;
    const now = performance.now();
    let ready = now;
    if (bytesPerSecondPerConnection !== undefined) {
      ready =
        Math.max(now - CREDIT_MS, this.#freeAt.get(socket) ?? now) +
        (bytes / bytesPerSecondPerConnection) * 1000;
      this.#freeAt.set(socket, ready);
    }
    if (bytesPerSecond !== undefined) {
      this.#linkFreeAt = Math.max(now - CREDIT_MS, this.#linkFreeAt) + (bytes / bytesPerSecond) * 1000;
      ready = Math.max(ready, this.#linkFreeAt);
    }
    if (ready > now + 1) await pause(ready - now, undefined, { ref: false });
  }
}
