import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { estimateMemoryNeed } from '../../../model/memory-need.ts';
import { inspectModelDirectory, type ModelDirectory } from '../../../model/model-directory.ts';
import { planEngines } from '../../../model/plan/engine-plan.ts';
import { formatBytes } from '../../../platform/memory/format-bytes.ts';
import { type Finding, ok, type Patient, problem, warning } from '../check.ts';
import { lookAtModelOnGpu } from './look-at-model-on-gpu.ts';

const configSchema = z.object({
  architectures: z.array(z.string()).optional(),
  // Of the weights; newer versions of transformers call it dtype.
  torch_dtype: z.unknown().optional(),
  dtype: z.unknown().optional(),
});

/**
 * Is a model directory complete, its architecture known, and is there memory for it?
 * @throws ServiceError invalid_model that says what is missing.
 */
export async function lookAtModel(
  patient: Patient,
  reference: string,
  directory: string,
): Promise<Finding[]> {
  const found = await inspectModelDirectory(directory, patient.config.dtype);
  const text = await readFile(join(directory, 'config.json'), 'utf8');
  const described = configSchema.parse(JSON.parse(text));
  const [architecture = 'unknown architecture'] = described.architectures ?? [];
  const { size: tokenizerFileBytes } = await stat(join(directory, 'tokenizer.json'));
  const weightBytes = found.bytes - tokenizerFileBytes;
  const isHalf = String(described.dtype ?? described.torch_dtype).endsWith('float16');
  const how =
    found.source.kind === 'checkpoint' ? 'compiled from its checkpoint' : `its export ${found.source.onnx}`;
  return [
    ok(`${reference} is complete: ${architecture}, ${formatBytes(found.bytes)}, ${how}`),
    await memoryFor(patient, reference, { ...found, weightBytes, tokenizerFileBytes }),
    ...(await lookAtModelOnGpu(patient, { reference, source: found.source, weightBytes, isHalf })),
  ];
}

interface Sizes extends Pick<ModelDirectory, 'source'> {
  /** In bytes. */
  readonly weightBytes: number;
  readonly tokenizerFileBytes: number;
}

/** Rather too much: a checkpoint that is compiled to int8 takes a quarter of its fp32 weights. */
async function memoryFor(
  { config, machine }: Patient,
  reference: string,
  { weightBytes, tokenizerFileBytes, source }: Sizes,
): Promise<Finding> {
  const model = { weightBytes, isShared: source.kind === 'checkpoint' };
  const device = config.device === 'auto' ? 'cpu' : config.device;
  const { engines, threads } = config;
  const plan = planEngines({ device, engines, threads, ...model, budget: machine.budget() });
  const need = estimateMemoryNeed({ ...model, tokenizerFileBytes, engines: plan.engines }, undefined);
  const { bytes: free } = await machine.freeMemory();
  const what = `${reference} needs about ${formatBytes(need)} of memory with ${plan.engines} engines; ${formatBytes(free)} are free`;
  if (need > free) {
    return problem(
      what,
      'Give it more memory, fewer RERANK_ENGINES, or RERANK_DTYPE=int8. (A server that runs already has taken its part.)',
    );
  }
  if (2 * need > free)
    return warning(
      `${what}: not enough for two`,
      'An update will hold requests for as long as a load takes (mode hold).',
    );
  return ok(what);
}
