import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { estimateMemoryNeed } from '../../../model/memory-need.ts';
import { inspectModelDirectory, type ModelDirectory } from '../../../model/model-directory.ts';
import { planEngines } from '../../../model/plan/engine-plan.ts';
import { formatBytes } from '../../../platform/memory/format-bytes.ts';
import { type Finding, ok, type Patient, problem, warning } from '../check.ts';

const configSchema = z.object({ architectures: z.array(z.string()).optional() });

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
  const [architecture = 'unknown architecture'] = configSchema.parse(JSON.parse(text)).architectures ?? [];
  const how =
    found.source.kind === 'checkpoint' ? 'compiled from its checkpoint' : `its export ${found.source.onnx}`;
  return [
    ok(`${reference} is complete: ${architecture}, ${formatBytes(found.bytes)}, ${how}`),
    await memoryFor(patient, reference, found, directory),
  ];
}

/** Rather too much: a checkpoint that is compiled to int8 takes a quarter of its fp32 weights. */
async function memoryFor(
  { config, machine }: Patient,
  reference: string,
  { bytes, source }: ModelDirectory,
  directory: string,
): Promise<Finding> {
  const { size: tokenizerFileBytes } = await stat(join(directory, 'tokenizer.json'));
  const model = { weightBytes: bytes - tokenizerFileBytes, isShared: source.kind === 'checkpoint' };
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
