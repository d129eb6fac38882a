import type { Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { toFeeds } from '../../src/engine/child/feeds.ts';
import type { RaggedTokens, TensorInfo } from '../../src/engine/protocol.ts';

const tokens: RaggedTokens = {
  lengths: Uint32Array.of(3, 1, 2),
  ids: Int32Array.of(10, 11, 12, 20, 30, 31),
  typeIds: Uint8Array.of(0, 1, 1, 0, 0, 1),
};

const input = (name: string, type = 'int64'): TensorInfo => ({ name, type, shape: [] });
const valuesOf = ({ data, dims }: Tensor) => ({ values: Array.from(data as Int32Array, Number), dims });

it('packed rows lie back to back, with the place of each token and the bounds of each row', () => {
  const names = ['input_ids', 'token_type_ids', 'positions'];
  const integers = ['cumulative_lengths', 'token_offsets'];
  const feeds = toFeeds(tokens, [
    ...names.map((name) => input(name)),
    ...integers.map((name) => input(name, 'int32')),
  ]);
  const found = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, valuesOf(tensor)]));
  expect(found).toEqual({
    input_ids: { values: [10, 11, 12, 20, 30, 31], dims: [6] },
    token_type_ids: { values: [0, 1, 1, 0, 0, 1], dims: [6] },
    positions: { values: [0, 1, 2, 0, 0, 1], dims: [6] },
    cumulative_lengths: { values: [0, 3, 4, 6], dims: [4] },
    // The tokens of a rectangle of 3 × 3, then its gaps.
    token_offsets: { values: [0, 1, 2, 3, 6, 7, 4, 5, 8], dims: [3, 3] },
  });
});

it.each(['int64', 'int32'])('padded rows have zeros behind them, in %s', (type) => {
  const feeds = toFeeds(tokens, [input('input_ids', type), input('attention_mask', type)]);
  expect(feeds['input_ids']?.type).toBe(type);
  expect(valuesOf(feeds['input_ids'] as Tensor)).toEqual({
    values: [10, 11, 12, 20, 0, 0, 30, 31, 0],
    dims: [3, 3],
  });
  expect(valuesOf(feeds['attention_mask'] as Tensor).values).toEqual([1, 1, 1, 1, 0, 0, 1, 1, 0]);
});
