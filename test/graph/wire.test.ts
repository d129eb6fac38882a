import { describe, expect, it } from 'vitest';
import { WireWriter } from '../../src/graph/onnx/wire.ts';

// Expected bytes: https://protobuf.dev/programming-guides/encoding/
describe('WireWriter', () => {
  it.each<[string, (writer: WireWriter) => WireWriter, string]>([
    ['a small integer', (writer) => writer.integer(1, 1), '08 01'],
    ['an integer of two bytes', (writer) => writer.integer(1, 150), '08 96 01'],
    ['minus one, in ten bytes', (writer) => writer.integer(1, -1), '08 ff ff ff ff ff ff ff ff ff 01'],
    ['the largest int64', (writer) => writer.integer(1, 2n ** 63n - 1n), '08 ff ff ff ff ff ff ff ff 7f'],
    ['the smallest int64', (writer) => writer.integer(1, -(2n ** 63n)), '08 80 80 80 80 80 80 80 80 80 01'],
    ['a field number above 15', (writer) => writer.integer(20, 2), 'a0 01 02'],
    ['a float', (writer) => writer.float(2, 1.5), '15 00 00 c0 3f'],
    ['a negative float', (writer) => writer.float(2, -2), '15 00 00 00 c0'],
    ['a string', (writer) => writer.string(2, 'testing'), '12 07 74 65 73 74 69 6e 67'],
    ['a string outside ASCII', (writer) => writer.string(2, 'é'), '12 02 c3 a9'],
    ['an empty string', (writer) => writer.string(2, ''), '12 00'],
    ['a nested message', (writer) => writer.message(3, (nested) => nested.integer(1, 150)), '1a 03 08 96 01'],
    ['packed integers', (writer) => writer.packedIntegers(6, [3, 270, 86942]), '32 06 03 8e 02 9e a7 05'],
    ['packed floats', (writer) => writer.packedFloats(7, [1, -1]), '3a 08 00 00 80 3f 00 00 80 bf'],
    ['nothing for empty lists', (writer) => writer.packedIntegers(6, []).packedFloats(7, []), ''],
  ])('writes %s', (_, write, expected) => {
    expect(Buffer.from(write(new WireWriter()).finish()).toString('hex')).toBe(expected.replaceAll(' ', ''));
  });

  it('gives lengths over 127 as varints', () => {
    const bytes = new WireWriter().bytes(1, new Uint8Array(300)).finish();
    expect(bytes.slice(0, 3)).toEqual(Uint8Array.of(0x0a, 0xac, 0x02));
    expect(bytes.length).toBe(303);
  });
});
