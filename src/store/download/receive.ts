import type { Clock } from '../../platform/clock.ts';
import type { TransportResponse } from '../transport/transport.ts';
import { AttemptFailure } from './attempt-failure.ts';
import type { Bandwidth } from './bandwidth.ts';

const FLUSH_BYTES = 512 * 1024;
const FLUSH_MS = 500;
/** Less than this in a minute of waiting for a source is as good as nothing. */
const LEAST_BYTES = 64 * 1024;
const LEAST_BYTES_MS = 60_000;

export interface Receiving {
  readonly clock: Clock;
  readonly bandwidth: Bandwidth;
  readonly origin: string;
  readonly signal: AbortSignal;
  /** Bytes that the body has to have. */
  readonly length: number;
  readonly onPiece: (bytes: number) => void;
  /** Takes what came since the last call. */
  readonly flush: (pieces: readonly Uint8Array[]) => Promise<void>;
}

/**
 * Reads a body in large steps: what came is handed on even when the rest of it does not come.
 * @throws AttemptFailure truncated, too_long or stalled; what the body or `flush` throws.
 */
export async function receive(response: TransportResponse, receiving: Receiving): Promise<void> {
  const { clock, bandwidth, origin, signal, length, onPiece, flush } = receiving;
  let pieces: Uint8Array[] = [];
  let held = 0;
  let total = 0;
  let flushedAt = clock.now();
  const flushNow = async (): Promise<void> => {
    const taken = pieces;
    pieces = [];
    held = 0;
    if (taken.length > 0) await flush(taken);
    flushedAt = clock.now();
  };
  const pulse = new Pulse(clock);
  try {
    for await (const piece of response.body) {
      pulse.beat(piece.length);
      onPiece(piece.length);
      total += piece.length;
      if (total > length) throw new AttemptFailure('too_long', `more than ${length} bytes came`);
      pieces.push(piece);
      held += piece.length;
      await bandwidth.take(origin, piece.length, signal);
      signal.throwIfAborted();
      if (held >= FLUSH_BYTES || clock.now() - flushedAt >= FLUSH_MS) await flushNow();
      pulse.rest();
    }
  } finally {
    await flushNow();
  }
  if (total < length) throw new AttemptFailure('truncated', `${total} of ${length} bytes came`);
}

/** Notices a source that sends a little now and then, which no time limit between two pieces would. */
class Pulse {
  readonly #clock: Clock;
  #waitingSince: number;
  #waitedMs = 0;
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#waitingSince = clock.now();
  }

  beat(bytes: number): void {
    this.#waitedMs += this.#clock.now() - this.#waitingSince;
    this.#bytes += bytes;
    if (this.#waitedMs < LEAST_BYTES_MS) return;
    if (this.#bytes < LEAST_BYTES) {
      throw new AttemptFailure('stalled', `${this.#bytes} bytes came within ${LEAST_BYTES_MS / 1000} s`);
    }
    this.#waitedMs = 0;
    this.#bytes = 0;
  }

  /** What was received is dealt with; waiting begins again. */
  rest(): void {
    this.#waitingSince = this.#clock.now();
  }
}
