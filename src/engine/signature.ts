import { ServiceError } from '../errors.ts';
import type { LoadReply, TensorInfo } from './protocol.ts';
import { BOUNDS_INPUT, type TokenLayout, tokenLayout } from './token-layout.ts';

/** Element types and number of dimensions of what is known, by layout. */
const KNOWN_INPUTS: Readonly<Record<TokenLayout, Readonly<Record<string, Expected>>>> = {
  padded: {
    input_ids: { types: ['int64', 'int32'], dims: ['batch', 'sequence'] },
    attention_mask: { types: ['int64', 'int32'], dims: ['batch', 'sequence'] },
    token_type_ids: { types: ['int64', 'int32'], dims: ['batch', 'sequence'], optional: true },
  },
  packed: {
    input_ids: { types: ['int64'], dims: ['tokens'] },
    token_type_ids: { types: ['int64'], dims: ['tokens'], optional: true },
    positions: { types: ['int64'], dims: ['tokens'], optional: true },
    [BOUNDS_INPUT]: { types: ['int32'], dims: ['batch + 1'] },
    token_offsets: { types: ['int32'], dims: ['batch', 'longest'], optional: true },
  },
};

interface Expected {
  readonly types: readonly string[];
  /** Names of the free dimensions. */
  readonly dims: readonly string[];
  readonly optional?: true;
}

/**
 * Refuses a model whose inputs or outputs aren't those of a cross-encoder with one score a pair.
 * @throws ServiceError invalid_model that names the tensor.
 */
export function checkSignature(model: Pick<LoadReply, 'inputs' | 'outputs'>): void {
  const known = KNOWN_INPUTS[tokenLayout(model.inputs)];
  for (const input of model.inputs) {
    const expected = known[input.name];
    if (expected === undefined) {
      throw refusal(`it asks for an input ${show(input)}; known inputs are ${Object.keys(known).join(', ')}`);
    }
    if (!expected.types.includes(input.type)) {
      throw refusal(`its input ${show(input)} must be ${expected.types.join(' or ')}`);
    }
    const isFree = input.shape.every((size) => typeof size === 'string');
    if (input.shape.length !== expected.dims.length || !isFree) {
      throw refusal(
        `its input ${show(input)} must have ${counted(expected.dims.length)}, [${expected.dims.join(', ')}]`,
      );
    }
  }
  for (const [name, { optional }] of Object.entries(known)) {
    const isThere = optional || model.inputs.some((input) => input.name === name);
    if (!isThere) throw refusal(`it has no input "${name}"`);
  }
  checkOutput(model.outputs[0]);
}

function counted(dims: number): string {
  return dims === 1 ? 'one free dimension' : 'two free dimensions';
}

function checkOutput(output: TensorInfo | undefined): void {
  if (output === undefined) throw refusal('it has no output');
  if (output.type !== 'float32' && output.type !== 'float16') {
    throw refusal(`its output ${show(output)} must be float32 or float16`);
  }
  const [, labels] = output.shape;
  const isOneScore =
    output.shape.length === 1 || (output.shape.length === 2 && (labels === 1 || typeof labels === 'string'));
  if (!isOneScore) throw refusal(`its output ${show(output)} must be [batch, 1]: one score a pair`);
}

function show(tensor: TensorInfo): string {
  return `"${tensor.name}" (${tensor.type} [${tensor.shape.join(', ')}])`;
}

function refusal(what: string): ServiceError {
  return new ServiceError('invalid_model', `this ONNX model is not a reranker: ${what}`, {
    detail: 'Export the checkpoint as a sequence-classification model with num_labels = 1.',
  });
}
