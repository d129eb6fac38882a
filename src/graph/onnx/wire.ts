/**
 * Protocol Buffers wire format, writing side: tag-value records, least significant byte first.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const utf8 = new TextEncoder();

/** Writes one message's fields in call order. Nested messages are written by their own writer and copied in. */
export class WireWriter {
  #chunks: Uint8Array[] = [];
  #length = 0;

  /** An int64, int32, bool or enum field; a negative value takes ten bytes, as two's complement of 64 bits. */
  integer(field: number, value: number | bigint): this {
    return this.#tag(field, VARINT).#append(varint(value));
  }

  /** A float field: four bytes, IEEE 754 single precision. */
  float(field: number, value: number): this {
    return this.#tag(field, FIXED32).#append(floatBytes([value]));
  }

  /** A bytes field. The array is not copied before `finish`. */
  bytes(field: number, value: Uint8Array): this {
    return this.#tag(field, LENGTH_DELIMITED).#append(varint(value.length)).#append(value);
  }

  /** A string field, as UTF-8. */
  string(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  /** A nested message, filled in by `write`. */
  message(field: number, write: (nested: WireWriter) => void): this {
    const nested = new WireWriter();
    write(nested);
    return this.bytes(field, nested.finish());
  }

  /** A repeated integer field in proto3's packed form; an empty list writes nothing. */
  packedIntegers(field: number, values: readonly (number | bigint)[]): this {
    return values.length === 0 ? this : this.bytes(field, concatenate(values.map(varint)));
  }

  /** A repeated float field in proto3's packed form; an empty list writes nothing. */
  packedFloats(field: number, values: readonly number[]): this {
    return values.length === 0 ? this : this.bytes(field, floatBytes(values));
  }

  /** The encoded message. */
  finish(): Uint8Array {
    return concatenate(this.#chunks, this.#length);
  }

  #tag(field: number, wireType: number): this {
    return this.#append(varint((field << 3) | wireType));
  }

  #append(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}

function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function floatBytes(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
  return new Uint8Array(view.buffer);
}

function concatenate(chunks: readonly Uint8Array[], length = totalLength(chunks)): Uint8Array {
  const result = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    result.set(chunk, offset);
    offset += chunk.length;
  }
  return result;
}

function totalLength(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
