import { describe, expect, it } from 'vitest';
import type { TensorInfo } from '../../src/engine/protocol.ts';
import { checkSignature } from '../../src/engine/signature.ts';

const tensor = (
  name: string,
  type = 'int64',
  shape: (number | string)[] = ['batch', 'sequence'],
): TensorInfo => ({ name, type, shape });
const inputs = [tensor('input_ids'), tensor('attention_mask')];
const packed = [
  tensor('input_ids', 'int64', ['tokens']),
  tensor('positions', 'int64', ['tokens']),
  tensor('cumulative_lengths', 'int32', ['bounds']),
  tensor('token_offsets', 'int32', ['batch', 'longest']),
];
const outputs = [tensor('logits', 'float32', ['batch', 1])];

describe('the signature of a reranker', () => {
  it('may have token types, 32-bit ids, half-precision logits or a flat output', () => {
    for (const variant of [
      { inputs, outputs },
      { inputs: [...inputs, tensor('token_type_ids')], outputs },
      { inputs: inputs.map(({ name }) => tensor(name, 'int32')), outputs },
      { inputs, outputs: [tensor('logits', 'float16', ['batch', 'labels'])] },
      { inputs, outputs: [tensor('scores', 'float32', ['batch'])] },
      { inputs: packed, outputs },
    ]) {
      expect(() => checkSignature(variant)).not.toThrow();
    }
  });

  it.each([
    ['an unknown input', { inputs: [...inputs, tensor('pixel_values')], outputs }, 'pixel_values'],
    ['no mask', { inputs: [tensor('input_ids')], outputs }, 'attention_mask'],
    [
      'ids of a wrong type',
      { inputs: [tensor('input_ids', 'float32'), tensor('attention_mask')], outputs },
      'float32',
    ],
    [
      'a fixed batch size',
      { inputs: [tensor('input_ids', 'int64', [1, 'sequence']), tensor('attention_mask')], outputs },
      '[1, sequence]',
    ],
    ['a packed layout without ids', { inputs: packed.slice(1), outputs }, 'input_ids'],
    [
      'a packed layout with a mask',
      { inputs: [...packed, tensor('attention_mask')], outputs },
      'attention_mask',
    ],
    ['several labels', { inputs, outputs: [tensor('logits', 'float32', ['batch', 3])] }, '[batch, 3]'],
    [
      'hidden states as output',
      { inputs, outputs: [tensor('last_hidden_state', 'float32', ['b', 's', 768])] },
      'last_hidden_state',
    ],
    ['an integer output', { inputs, outputs: [tensor('logits', 'int64', ['batch', 1])] }, 'int64'],
    ['no output', { inputs, outputs: [] }, 'no output'],
  ])('is refused with %s, and the message names it', (_, model, named) => {
    expect(() => checkSignature(model)).toThrow(
      expect.objectContaining({ type: 'invalid_model', message: expect.stringContaining(named) }),
    );
  });
});
