/**
 * The wire between a process and its children: length-prefixed binary frames.
 *
 * A frame is a header of three little-endian u32 (payload bytes, kind, call id) and the payload. The reader
 * gives every payload its own buffer, starting at offset 0, so that typed arrays can view it without a copy.
 */
export interface Frame {
  readonly kind: number;
  readonly id: number;
  readonly payload: Buffer;
}

const HEADER_BYTES = 12;

/** More than any batch or tokenized chunk needs; a larger length means that the stream is corrupt. */
const MAX_PAYLOAD_BYTES = 256 * 2 ** 20;

/** The 12 bytes before a payload. @param id of the call that it belongs to */
export function encodeHeader(kind: number, id: number, payloadBytes: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(payloadBytes, 0);
  header.writeUInt32LE(kind, 4);
  header.writeUInt32LE(id, 8);
  return header;
}

/** Puts frames back together from whatever chunks a socket delivers. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0;
  #payload: Buffer | undefined;
  #payloadFilled = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** @throws RangeError when a header announces more than any honest frame holds. */
  push(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#payload === undefined) {
        const taken = chunk.copy(this.#header, this.#headerFilled, offset);
        this.#headerFilled += taken;
        offset += taken;
        if (this.#headerFilled < HEADER_BYTES) return;
        this.#beginPayload();
      } else {
        const taken = chunk.copy(this.#payload, this.#payloadFilled, offset);
        this.#payloadFilled += taken;
        offset += taken;
      }
      this.#emitIfComplete();
    }
  }

  #beginPayload(): void {
    const bytes = this.#header.readUInt32LE(0);
    if (bytes > MAX_PAYLOAD_BYTES) throw new RangeError(`a frame of ${bytes} bytes was announced`);
    // Not from the shared pool: payloads are viewed as Int32Array and must start aligned.
    this.#payload = Buffer.from(new ArrayBuffer(bytes));
    this.#payloadFilled = 0;
  }

  #emitIfComplete(): void {
    const payload = this.#payload;
    if (payload === undefined || this.#payloadFilled < payload.length) return;
    this.#payload = undefined;
    this.#headerFilled = 0;
    this.#onFrame({ kind: this.#header.readUInt32LE(4), id: this.#header.readUInt32LE(8), payload });
  }
}
