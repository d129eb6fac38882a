import { describe, expect, it } from 'vitest';
import { externalTensor, tensor } from '../../src/graph/onnx/tensor.ts';

describe('tensor', () => {
  it('stores values little-endian in the element type', () => {
    expect(tensor('int32', [2], [1, -2]).data).toEqual(Uint8Array.of(1, 0, 0, 0, 254, 255, 255, 255));
    expect(tensor('int64', [], [-1n]).data).toEqual(new Uint8Array(8).fill(255));
    expect(tensor('uint16', [1], [0x1234]).data).toEqual(Uint8Array.of(0x34, 0x12));
    expect(tensor('float16', [1], [0x3c00]).data).toEqual(Uint8Array.of(0, 0x3c));
    expect(tensor('float32', [1], [1.5]).data).toEqual(Uint8Array.of(0, 0, 0xc0, 0x3f));
    expect(tensor('int8', [2], [-1, 127]).data).toEqual(Uint8Array.of(255, 127));
    expect(tensor('bool', [2], [1, 0]).data).toEqual(Uint8Array.of(1, 0));
  });

  it('refuses values that do not fill the shape', () => {
    expect(() => tensor('float32', [2, 3], [1, 2, 3])).toThrow(RangeError);
    expect(() => tensor('float32', [], [])).toThrow(RangeError);
    const short = { location: 'weights', offset: 0, length: 10 };
    expect(() => externalTensor('float32', [2, 2], short)).toThrow(RangeError);
  });
});
