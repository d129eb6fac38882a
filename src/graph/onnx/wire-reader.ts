/**
 * Protocol Buffers wire format, reading side, for messages that are in memory.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */

/** One field of a message: a number, or the bytes of a string or nested message. Fixed-width fields are skipped. */
export type WireField =
  | { readonly field: number; readonly integer: bigint }
  | { readonly field: number; readonly bytes: Uint8Array };

/**
 * The fields of a message in their order.
 * @throws RangeError when the bytes end in the middle of a field, or are no message at all
 */
export function* readFields(message: Uint8Array): Generator<WireField> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new RangeError('a number of more than ten bytes');
  };
  while (at < message.length) {
    const tag = Number(varint());
    const field = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === 0) yield { field, integer: varint() };
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = Number(varint());
      if (length > message.length - at) throw new RangeError('a field that is longer than its message');
      yield { field, bytes: message.subarray(at, at + length) };
      at += length;
    } else throw new RangeError(`wire type ${wireType} does not exist`);
  }
}
