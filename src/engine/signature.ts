import { ServiceError } from '../errors.ts';
import type { LoadReply, TensorInfo } from './protocol.ts';

const KNOWN_INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'];

/**
 * Refuses a model whose inputs or outputs aren't those of a cross-encoder with one score a pair.
 * @throws ServiceError invalid_model that names the tensor.
 */
export function checkSignature(model: Pick<LoadReply, 'inputs' | 'outputs'>): void {
  for (const input of model.inputs) {
    if (!KNOWN_INPUTS.includes(input.name)) {
      throw refusal(`it asks for an input ${show(input)}; known inputs are ${KNOWN_INPUTS.join(', ')}`);
    }
    if (input.type !== 'int64' && input.type !== 'int32') {
      throw refusal(`its input ${show(input)} must be int64 or int32`);
    }
    if (input.shape.length !== 2 || input.shape.some((size) => typeof size === 'number')) {
      throw refusal(`its input ${show(input)} must have two free dimensions, [batch, sequence]`);
    }
  }
  for (const name of ['input_ids', 'attention_mask']) {
    if (!model.inputs.some((input) => input.name === name)) throw refusal(`it has no input "${name}"`);
  }
  checkOutput(model.outputs[0]);
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
