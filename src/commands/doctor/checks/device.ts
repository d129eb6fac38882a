import type { CardSign } from '../../../engine/card-signs.ts';
import { DEVICE_HINTS } from '../../../engine/device-failure.ts';
import type { Device } from '../../../engine/protocol.ts';
import { installedRuntimeVersion } from '../../../platform/cuda/provider-files.ts';
import { hidesEveryCard } from '../../../platform/cuda/visible-devices.ts';
import { type Check, type Finding, ok, type Patient, problem, warning } from '../check.ts';
import { type CudaFacts, diagnoseCuda, diagnoseLibraries } from '../gpu/cuda.ts';
import { cudaFacts, describeCard } from '../gpu/cuda-facts.ts';
import type { Attempt, Diagnosis } from '../gpu/diagnosis.ts';
import { lookAtCuda } from '../gpu/look-at-cuda.ts';
import { lookAtVulkan } from '../gpu/look-at-vulkan.ts';
import { lookAtNvidiaDriver } from '../gpu/nvidia-driver.ts';
import { signOnMachine } from '../gpu/sign-on-machine.ts';
import { type Trial, type TryDevices, tryDevices } from '../gpu/try-devices.ts';
import { cardDrivers, diagnoseWebgpu, hasCard, vulkanFacts } from '../gpu/webgpu.ts';

/** Longer than a device is given to answer: what hangs is told by its name. */
const TIMEOUT_MS = 90_000;

const RUNTIME = 'ONNX Runtime';
const GPU = 'GPU';

/**
 * Does ONNX Runtime load, in a process of its own, and compute on the device that was asked for? Where no GPU is used, why?
 * One check, because the answers hang together: with no driver, nothing else matters yet.
 */
export function createDeviceCheck(tryOut: TryDevices): Check {
  return {
    name: RUNTIME,
    timeoutMs: TIMEOUT_MS,
    async look(patient) {
      const trial = await tryOut(patient);
      return [aboutRuntime(patient, trial), await aboutGpu(patient, trial)];
    },
  };
}

export const deviceCheck: Check = createDeviceCheck(tryDevices);

function aboutRuntime({ config: { device: wanted } }: Patient, trial: Trial): Finding {
  const { runtime, device, failures } = trial;
  const isGpu = wanted === 'cuda' || wanted === 'webgpu';
  if (device !== undefined)
    return ok(`version ${runtime} computes on ${device}${wanted === 'auto' ? ' (RERANK_DEVICE=auto)' : ''}`);
  if (isGpu && runtime !== undefined) return ok(`version ${runtime} loads`);
  if (isGpu)
    return problem(`it did not come to an answer: ${failures[wanted]}`, 'See what is said of the GPU.');
  const reasons = Object.entries(failures).map(([name, reason]) => `${name}: ${reason}`);
  return problem(
    `it computes on no device (RERANK_DEVICE=${wanted}): ${reasons.join('; ')}`,
    DEVICE_HINTS.cpu,
  );
}

async function aboutGpu(patient: Patient, trial: Trial): Promise<Finding> {
  const { device: wanted } = patient.config;
  const finding = await {
    cuda: aboutCuda,
    webgpu: aboutWebgpu,
    auto: aboutAuto,
    cpu: aboutNone,
  }[wanted](patient, trial);
  return { name: GPU, ...finding };
}

async function aboutCuda(patient: Patient, trial: Trial): Promise<Finding> {
  const facts = await lookAtCuda(patient, attemptOf(trial, 'cuda'));
  if (trial.device === 'cuda') return aboutWorkingCuda(facts);
  const { cause, mend } = diagnoseCuda(facts);
  return { ...problem(`RERANK_DEVICE=cuda does not work: ${cause}`, mend), details: cudaFacts(facts) };
}

/** One small session works without what is only opened when an operator needs it. */
function aboutWorkingCuda(facts: CudaFacts): Finding {
  const { provider } = facts;
  const details = cudaFacts(facts);
  const lack = provider.state === 'there' ? diagnoseLibraries(provider) : undefined;
  if (lack === undefined) return ok(`CUDA: ${details.join('; ')}`);
  const { cause, mend } = lack;
  return { ...warning(`CUDA works, but some models will fail: ${cause}`, mend), details };
}

async function aboutWebgpu(patient: Patient, trial: Trial): Promise<Finding> {
  const attempt = attemptOf(trial, 'webgpu');
  const facts = await lookAtVulkan(patient);
  const details = vulkanFacts(facts, attempt);
  if (trial.device !== 'webgpu') {
    const { cause, mend } = diagnoseWebgpu(facts, attempt);
    return { ...problem(`RERANK_DEVICE=webgpu does not work: ${cause}`, mend), details };
  }
  if (facts.platform === 'linux' && !hasCard(facts)) {
    const mend = 'That is slower than RERANK_DEVICE=cpu. Install the driver of the card.';
    return { ...warning('RERANK_DEVICE=webgpu computes in software, on the CPU', mend), details };
  }
  return ok(`WebGPU: ${details.join('; ')}`);
}

/** What the server would do by the same signs: refuse to start, warn, or take the CPU without a word. */
async function aboutAuto(patient: Patient, trial: Trial): Promise<Finding> {
  const facts = await lookAtCuda(patient, attemptOf(trial, 'cuda'));
  if (trial.device === 'cuda') return aboutWorkingCuda(facts);
  const diagnosis = diagnoseCuda(facts);
  const sign = await signOnMachine(patient);
  if (sign?.isMeant) return { ...aboutBrokenCard(patient, sign, diagnosis), details: cudaFacts(facts) };
  const { driver, visibleDevices } = facts;
  const hasSome = sign !== undefined || driver.state !== 'none' || driver.hasCard;
  if (hasSome && !hidesEveryCard(visibleDevices)) {
    const what = `the CPU is used, not the GPU: ${diagnosis.cause}`;
    const mend = `${diagnosis.mend} Where the CPU is meant, RERANK_DEVICE=cpu.`;
    return { ...warning(what, mend), details: cudaFacts(facts) };
  }
  const vulkan = await lookAtVulkan(patient);
  const other = hasCard(vulkan)
    ? `. RERANK_DEVICE=webgpu may use another card (${cardDrivers(vulkan).length} Vulkan drivers); auto does not try it`
    : '';
  return ok(`none is used: ${diagnosis.cause}${other}`);
}

function aboutBrokenCard(
  { config: { gpuFallback } }: Patient,
  { what }: CardSign,
  { cause, mend }: Diagnosis,
): Finding {
  if (gpuFallback === 'cpu') {
    return warning(`the CPU is used in place of the GPU (RERANK_GPU_FALLBACK=cpu): ${cause}`, mend);
  }
  return problem(
    `the server does not start, because RERANK_DEVICE=auto finds ${what}, and CUDA does not work: ${cause}`,
    `${mend} To serve from the CPU: RERANK_DEVICE=cpu, or RERANK_GPU_FALLBACK=cpu to do so only while the card does not work.`,
  );
}

async function aboutNone({ machine, signal }: Patient): Promise<Finding> {
  const driver = await lookAtNvidiaDriver(machine, signal);
  if (driver.state !== 'works') return ok('none is asked for (RERANK_DEVICE=cpu)');
  return ok(`not used (RERANK_DEVICE=cpu): ${driver.cards.map(describeCard).join('; ')}`);
}

function attemptOf({ runtime, failures }: Trial, device: Device): Attempt {
  return { runtime: runtime ?? installedRuntimeVersion(), failure: failures[device] };
}
