import { estimateGpuNeed } from '../../../model/gpu-need.ts';
import type { ModelDirectory } from '../../../model/model-directory.ts';
import { planEngines } from '../../../model/plan/engine-plan.ts';
import { formatBytes } from '../../../platform/memory/format-bytes.ts';
import { visibilityOf } from '../../../platform/memory/gpu/choose-card.ts';
import { readGpuMemory } from '../../../platform/memory/gpu-memory.ts';
import { type Finding, ok, type Patient, problem, warning } from '../check.ts';
import { signOnMachine } from '../gpu/sign-on-machine.ts';

export interface ModelOnGpu {
  readonly reference: string;
  readonly source: ModelDirectory['source'];
  /** As they lie on the disk, in bytes. */
  readonly weightBytes: number;
  /** The checkpoint has two bytes for a weight. */
  readonly isHalf: boolean;
}

/** Can a model be served on the card that would be used, and is there room for it? Nothing where none would be. */
export async function lookAtModelOnGpu(patient: Patient, model: ModelOnGpu): Promise<Finding[]> {
  const device = await gpuOf(patient);
  if (device === undefined) return [];
  const { dtype } = patient.config;
  if (dtype === 'int8' && model.source.kind === 'checkpoint') {
    return [
      problem(
        `${model.reference} would be refused: RERANK_DTYPE=int8 is for CPUs, and RERANK_DEVICE=${patient.config.device} asks for a GPU`,
        'Leave RERANK_DTYPE at auto, or set fp16 or fp32.',
      ),
    ];
  }
  const room = await roomFor(patient, model, device);
  return room === undefined ? [] : [room];
}

/** `auto` takes CUDA where it was set up. */
async function gpuOf(patient: Patient): Promise<'cuda' | 'webgpu' | undefined> {
  const { device } = patient.config;
  if (device !== 'auto') return device === 'cpu' ? undefined : device;
  return (await signOnMachine(patient))?.isMeant === true ? 'cuda' : undefined;
}

async function roomFor(
  { config, machine, signal }: Patient,
  model: ModelOnGpu,
  device: 'cuda' | 'webgpu',
): Promise<Finding | undefined> {
  const run = async (args: readonly string[]): Promise<string> => {
    const answer = await machine.execute('nvidia-smi', args, signal);
    if (answer?.code !== 0) throw new Error('nvidia-smi does not tell');
    return answer.stdout;
  };
  const card = await readGpuMemory([], { run, visible: visibilityOf(device, config.childEnv) });
  if (card === undefined) return undefined;
  const weightBytes = leastBytes(model, config.dtype);
  const { engines } = planEngines({
    device,
    engines: config.engines,
    threads: config.threads,
    weightBytes,
    isShared: false,
    budget: machine.budget(),
  });
  const least = engines * weightBytes;
  const total = formatBytes(card.totalBytes);
  if (least > card.totalBytes) {
    return problem(
      `the weights of ${model.reference} take ${formatBytes(least)} with ${engines} engines, and ${card.name} has ${total}`,
      'Take a larger card, fewer RERANK_ENGINES, or RERANK_DEVICE=cpu.',
    );
  }
  const need = estimateGpuNeed({ engines, weightBytes }, undefined);
  const what = `${model.reference} needs about ${formatBytes(need)} of ${card.name}; ${formatBytes(card.freeBytes)} of ${total} are free`;
  if (need <= card.freeBytes) return ok(what);
  return warning(
    what,
    'Look with nvidia-smi who else is on the card. (A server that runs already has taken its part.)',
  );
}

/** On a GPU `auto` is half precision, if that ranks as single precision does. */
function leastBytes({ source, weightBytes, isHalf }: ModelOnGpu, dtype: Patient['config']['dtype']): number {
  if (source.kind === 'export') return weightBytes;
  if (dtype === 'fp32') return isHalf ? 2 * weightBytes : weightBytes;
  return isHalf ? weightBytes : weightBytes / 2;
}
