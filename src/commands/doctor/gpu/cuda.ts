import type { Provider } from '../../../platform/cuda/examine-provider.ts';
import { DRIVER_LIBRARY, howToGet } from '../../../platform/cuda/library-packages.ts';
import { absentOf } from '../../../platform/cuda/library-search.ts';
import { isTooOldForNewest, LEAST, NEWEST } from '../../../platform/cuda/requirements.ts';
import { hidesEveryCard } from '../../../platform/cuda/visible-devices.ts';
import { type Attempt, type Diagnosis, ownWords } from './diagnosis.ts';
import type { NvidiaDriver } from './nvidia-driver.ts';

/** All that is known about CUDA on a machine. */
export interface CudaFacts {
  readonly platform: string;
  readonly arch: string;
  readonly isContainer: boolean;
  /** CUDA_VISIBLE_DEVICES. */
  readonly visibleDevices: string | undefined;
  readonly driver: NvidiaDriver;
  /** Would the linker find the driver's library? */
  readonly hasDriverLibrary: boolean;
  readonly provider: Provider;
  readonly attempt: Attempt;
}

const WITH_GPU =
  'Start the container with the GPU: --gpus all (Docker with the NVIDIA Container Toolkit), or a limit nvidia.com/gpu: 1 (Kubernetes with the device plugin).';

/** The first thing that keeps CUDA from working, from the card up. */
export function diagnoseCuda(facts: CudaFacts): Diagnosis {
  for (const look of [
    unsuited,
    withoutDriver,
    hidden,
    withoutProvider,
    tooOld,
    wrongProvider,
    withoutLibraries,
    withoutKernels,
  ]) {
    const found = look(facts);
    if (found !== undefined) return found;
  }
  return {
    cause: ownWords(facts.attempt),
    mend: 'Driver, provider and libraries are there. Look at "dmesg" for Xid errors, and try nvidia-smi; a reset of the card, or a restart, may be due.',
  };
}

function unsuited({ platform, arch }: CudaFacts): Diagnosis | undefined {
  if (platform === 'linux' && arch === 'x64') return undefined;
  return {
    cause: `the CUDA provider is for Linux on x64, and this is ${platform} on ${arch}`,
    mend: 'Try RERANK_DEVICE=webgpu.',
  };
}

function withoutDriver({ driver, isContainer, hasDriverLibrary }: CudaFacts): Diagnosis | undefined {
  if (driver.state === 'works') return undefined;
  if (driver.state === 'hangs') {
    return {
      cause: 'nvidia-smi does not answer',
      mend: 'The driver hangs. Look at "dmesg" for Xid errors; restart the machine.',
    };
  }
  if (driver.state === 'fails')
    return { cause: `nvidia-smi failed: ${driver.said}`, mend: afterFailure(driver.said, isContainer) };
  if (driver.state === 'kernel only') {
    if (hasDriverLibrary) return undefined;
    return {
      cause: `the kernel has NVIDIA driver ${driver.version}, but ${DRIVER_LIBRARY} is not here`,
      mend: isContainer ? WITH_GPU : 'Install the rest of the driver, of the same version.',
    };
  }
  const onHost = driver.hasCard ? INSTALL_DRIVER : OTHER_CARDS;
  return {
    cause: driver.hasCard
      ? 'there is an NVIDIA card, and no driver for it'
      : 'there is no NVIDIA driver, and no NVIDIA card is to be seen',
    mend: isContainer ? WITH_GPU : onHost,
  };
}

const INSTALL_DRIVER = `Install the driver, ${LEAST[NEWEST]?.driver} or later, and restart the machine.`;
const OTHER_CARDS = 'For other cards there is RERANK_DEVICE=webgpu; RERANK_DEVICE=cpu needs none.';

function afterFailure(said: string, isContainer: boolean): string {
  if (/version mismatch/i.test(said))
    return 'The driver was updated under a running kernel: load its new module, or restart the machine.';
  if (/communicate with the NVIDIA driver/i.test(said))
    return 'Its kernel module is not loaded: "modprobe nvidia" says why (a new kernel without it, or secure boot).';
  if (/compute_cap/.test(said)) return `It is much too old. ${INSTALL_DRIVER}`;
  if (/no devices/i.test(said))
    return isContainer ? WITH_GPU : 'The driver sees no card: look at lspci and "dmesg".';
  return "What it says is the driver's own trouble; after an update of the driver, restart the machine.";
}

function hidden({ visibleDevices }: CudaFacts): Diagnosis | undefined {
  if (!hidesEveryCard(visibleDevices)) return undefined;
  return {
    cause: `CUDA_VISIBLE_DEVICES="${visibleDevices}" hides every card`,
    mend: 'Unset it, or set it to the number of the card.',
  };
}

function withoutProvider({ provider, driver }: CudaFacts): Diagnosis | undefined {
  if (provider.state === 'there') return undefined;
  return {
    cause:
      provider.state === 'absent'
        ? 'the CUDA provider is not installed: this is a build for the CPU'
        : `the CUDA provider can't be used: ${provider.reason}`,
    mend: bring(driver),
  };
}

function tooOld({ driver, provider }: CudaFacts): Diagnosis | undefined {
  const cuda = provider.state === 'there' ? (provider.cuda ?? NEWEST) : NEWEST;
  const least = LEAST[cuda];
  if (least === undefined || driver.state === 'none' || driver.state === 'fails' || driver.state === 'hangs')
    return undefined;
  const older = cuda === NEWEST ? `, or bring the provider for CUDA 12: ${bringBy(12)}` : '';
  const version = driver.state === 'works' ? driver.cards[0]?.driver : driver.version;
  if (Number.parseInt(version ?? '', 10) < least.driver) {
    return {
      cause: `driver ${version} is too old for CUDA ${cuda}, which asks for ${least.driver}`,
      mend: `Update the driver${older}.`,
    };
  }
  const [card] = driver.state === 'works' ? driver.cards : [];
  if (card === undefined || !(card.capability < least.capability)) return undefined;
  return {
    cause: `${card.name} has compute capability ${card.capability.toFixed(1)}, and CUDA ${cuda} asks for ${least.capability}`,
    mend:
      cuda === NEWEST
        ? `Bring the provider for CUDA 12: ${bringBy(12)}. Otherwise RERANK_DEVICE=webgpu or cpu.`
        : 'Use RERANK_DEVICE=webgpu or cpu.',
  };
}

function wrongProvider({ provider, attempt, driver }: CudaFacts): Diagnosis | undefined {
  if (provider.state !== 'there' || provider.version === undefined || provider.version === attempt.runtime)
    return undefined;
  return {
    cause: `the CUDA provider is of version ${provider.version}, and ONNX Runtime of version ${attempt.runtime}`,
    mend: bring(driver),
  };
}

function withoutLibraries({ provider }: CudaFacts): Diagnosis | undefined {
  return provider.state === 'there' ? diagnoseLibraries(provider) : undefined;
}

/** @returns undefined where it lacks none: those that only engines find, as a server starts them, are not lacking. */
export function diagnoseLibraries({
  libraries,
  cuda = NEWEST,
}: Provider & { state: 'there' }): Diagnosis | undefined {
  const absent = absentOf(libraries);
  if (absent.length === 0) return undefined;
  return {
    cause: `libraries that the CUDA provider needs are not found: ${absent.join(', ')}`,
    mend: howToGet(absent, cuda),
  };
}

/** cudaErrorNoKernelImageForDevice: nothing is wrong with card or driver. */
const NO_KERNELS = /CUDA (failure|error) 209|cudaErrorNoKernelImageForDevice|no kernel image/i;

function withoutKernels({ attempt, driver, provider }: CudaFacts): Diagnosis | undefined {
  if (!NO_KERNELS.test(attempt.failure ?? '')) return undefined;
  const [card] = driver.state === 'works' ? driver.cards : [];
  const what =
    card === undefined ? 'this card' : `${card.name}, compute capability ${card.capability.toFixed(1)}`;
  const cuda = provider.state === 'there' ? (provider.cuda ?? NEWEST) : NEWEST;
  const other = cuda === NEWEST ? 12 : NEWEST;
  return {
    cause: `the CUDA provider has no kernels for ${what}`,
    mend: `Older cards may be served by the provider for CUDA 12, newer ones by a later version or that for CUDA ${NEWEST}: ${bringBy(other)}. Otherwise RERANK_DEVICE=webgpu or cpu.`,
  };
}

/** For the driver that is there. */
function bring(driver: NvidiaDriver): string {
  const [card] = driver.state === 'works' ? driver.cards : [];
  const isOld = card !== undefined && isTooOldForNewest(card.driver, card.capability);
  return `Bring the one of this version: ${bringBy(isOld ? 12 : NEWEST)}. The CUDA image has it. See docs/deployment.md, "GPU".`;
}

function bringBy(cuda: number): string {
  return cuda === NEWEST ? '"npm run setup:cuda"' : `"npm run setup:cuda -- --cuda ${cuda}"`;
}
