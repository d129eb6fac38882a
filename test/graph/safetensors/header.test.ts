import { describe, expect, it } from 'vitest';
import { headerLength, MAX_HEADER_BYTES, parseHeader } from '../../../src/graph/safetensors/header.ts';
import { InvalidCheckpoint } from '../../../src/graph/safetensors/invalid-checkpoint.ts';
import { float32Tensor, safetensors, withHeader } from '../../support/safetensors.ts';

const good = safetensors([float32Tensor('a', [2, 3], [1, 2, 3, 4, 5, 6]), float32Tensor('b', [], [7])], {
  format: 'pt',
});

function parse(file: Buffer) {
  const length = headerLength(file.subarray(0, 8), file.length, 'm.safetensors');
  return parseHeader(file.subarray(8, 8 + length), file.length, 'm.safetensors');
}

const four = new Uint8Array(4);
const eight = new Uint8Array(8);
const entry = (name: string, from: number, to: number) =>
  `"${name}":{"dtype":"F32","shape":[${(to - from) / 4}],"data_offsets":[${from},${to}]}`;

describe('the header of a safetensors file', () => {
  it('says where every tensor lies', () => {
    const [a, b] = parse(good);
    expect(a).toMatchObject({ name: 'a', type: 'F32', shape: [2, 3], length: 24, file: 'm.safetensors' });
    expect(b).toMatchObject({ name: 'b', shape: [], length: 4, offset: good.length - 4 });
  });

  it('may hold tensors without any element', () => {
    const file = withHeader('{"e":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}', Buffer.alloc(0));
    expect(parse(file)).toMatchObject([{ name: 'e', length: 0 }]);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), /m\.safetensors is empty/],
    [
      'a Git LFS pointer',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
      /git lfs pull/,
    ],
    ['a file that ends in its header', good.subarray(0, 20), /truncated: it ends inside its header/],
    ['a file that ends in its data', good.subarray(0, good.length - 1), /truncated: its tensors take/],
    ['bytes after the last tensor', Buffer.concat([good, four]), /4 bytes after its last tensor/],
    [
      'a huge header',
      Buffer.concat([Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]), good]),
      new RegExp(`at most ${MAX_HEADER_BYTES}`),
    ],
    ['a header that is not JSON', withHeader('{"a":', four), /header of m\.safetensors can't be read/],
    ['a header that is a list', withHeader('[]', four), /does not begin with "\{"/],
    [
      'a header that is not UTF-8',
      Buffer.concat([withHeader('{"a"', four)]).fill(0xff, 9, 10),
      /can't be read/,
    ],
    ['a name given twice', withHeader(`{${entry('a', 0, 4)},${entry('a', 4, 8)}}`, eight), /"a" twice/],
    [
      'a name given twice in other letters',
      withHeader(`{${entry('a', 0, 4)},${entry('\\u0061', 4, 8)}}`, eight),
      /"a" twice/,
    ],
    [
      'a field given twice',
      withHeader('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', four),
      /"dtype" twice/,
    ],
    [
      'overlapping tensors',
      withHeader(`{${entry('a', 0, 4)},${entry('b', 0, 8)}}`, eight),
      /Tensor "b".*overlaps/,
    ],
    ['a hole', withHeader(`{${entry('a', 4, 8)}}`, eight), /4 bytes in front of tensor "a"/],
    ['offsets outside the file', withHeader(`{${entry('a', 0, 400)}}`, eight), /truncated/],
    [
      'negative offsets',
      withHeader('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}', four),
      /Tensor "a".*data_offsets/,
    ],
    [
      'offsets in the wrong order',
      withHeader('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', four),
      /Tensor "a"/,
    ],
    [
      'a length that is not the shape’s',
      withHeader('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', four),
      /8 bytes by its shape \[2\]/,
    ],
    [
      'a shape beyond counting',
      withHeader(
        '{"a":{"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]}}',
        four,
      ),
      /Tensor "a"/,
    ],
    [
      'an unknown type',
      withHeader('{"a":{"dtype":"F7","shape":[1],"data_offsets":[0,4]}}', four),
      /type "F7"/,
    ],
    [
      'a type from the prototype',
      withHeader('{"a":{"dtype":"toString","shape":[1],"data_offsets":[0,4]}}', four),
      /type "toString"/,
    ],
    [
      'metadata that is no map of strings',
      withHeader('{"__metadata__":{"a":1}}', Buffer.alloc(0)),
      /__metadata__/,
    ],
  ])('refuses %s', (_what, file, message) => {
    expect(() => parse(file)).toThrow(InvalidCheckpoint);
    expect(() => parse(file)).toThrow(message);
  });

  it('takes a tensor named like a prototype for what it is', () => {
    const file = withHeader(`{${entry('__proto__', 0, 4)}}`, four);
    expect(parse(file)).toMatchObject([{ name: '__proto__', length: 4 }]);
  });
});
