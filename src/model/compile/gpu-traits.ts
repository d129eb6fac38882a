import { gpuFormat, runsWholly } from '../../graph/gpu-format.ts';
import { elementBytes } from '../../graph/onnx/element-type.ts';
import { planModel } from '../../graph/plan-model.ts';
import { readConfig } from '../../graph/read-config.ts';
import { Checkpoint } from '../../graph/safetensors/checkpoint.ts';
import type { ServableGraph } from '../servable-graph.ts';

/** What is known of a graph for a GPU from its plan: no weights are read. @param directory of the checkpoint */
export async function gpuTraits(
  directory: string,
  dtype: 'fp32' | 'fp16',
  device: 'cuda' | 'webgpu',
): Promise<Required<Pick<ServableGraph, 'weightBytes' | 'onlyDevice'>>> {
  const config = await readConfig(directory);
  const { tensors } = await Checkpoint.open(directory);
  const { graph } = planModel({ config, tensors }, gpuFormat(config, dtype, device)).model;
  const sizes = [...graph.initializers.values()].map(({ type, dims }) =>
    dims.reduce((product, size) => product * size, elementBytes[type]),
  );
  return {
    weightBytes: sizes.reduce((sum, size) => sum + size, 0),
    onlyDevice: runsWholly(config),
  };
}
