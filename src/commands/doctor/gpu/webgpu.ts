import { isSoftwareDriver } from '../../../platform/vulkan/drivers.ts';
import { type Attempt, type Diagnosis, ownWords } from './diagnosis.ts';

/** A driver of Vulkan, as a file of the loader names it. */
export interface VulkanDriver {
  /** Of its file. */
  readonly path: string;
  /** Why it can't be loaded: its file or its library is not there. */
  readonly missing: string | undefined;
}

/** All that is known about Vulkan on a machine. */
export interface VulkanFacts {
  readonly platform: string;
  readonly hasLoader: boolean;
  readonly drivers: readonly VulkanDriver[];
  /** Devices through which drivers reach cards, and whether this user may open them. */
  readonly nodes: readonly { readonly path: string; readonly isOpen: boolean }[];
}

const IN_CONTAINER =
  'in a container also NVIDIA_DRIVER_CAPABILITIES=all for NVIDIA cards, or --device /dev/dri for others';

/** Drivers that compute on a card, and can be loaded. */
export function cardDrivers({ drivers }: VulkanFacts): readonly VulkanDriver[] {
  return drivers.filter(({ path, missing }) => missing === undefined && !isSoftwareDriver(path));
}

/** Is there a card that a driver could reach? */
export function hasCard(facts: VulkanFacts): boolean {
  return facts.hasLoader && cardDrivers(facts).length > 0 && facts.nodes.some(({ isOpen }) => isOpen);
}

/** The first thing that keeps WebGPU from working. */
export function diagnoseWebgpu(facts: VulkanFacts, attempt: Attempt): Diagnosis {
  const { platform, hasLoader, drivers, nodes } = facts;
  if (platform !== 'linux') return { cause: ownWords(attempt), mend: 'Update the driver of the card.' };
  if (!hasLoader) {
    return {
      cause: 'the Vulkan loader, libvulkan.so.1, is not found',
      mend: 'apt-get install libvulkan1 (Debian, Ubuntu), or dnf install vulkan-loader.',
    };
  }
  if (nodes.length === 0) {
    return {
      cause: 'no card is to be seen: there is neither /dev/dri/renderD* nor /dev/nvidia*',
      mend: `Install the driver of the card; ${IN_CONTAINER}. RERANK_DEVICE=cpu needs none.`,
    };
  }
  const broken = drivers.filter(({ missing }) => missing !== undefined);
  const usable = cardDrivers(facts);
  if (usable.length === 0 && broken.length > 0) {
    return {
      cause: `Vulkan drivers can't be loaded: ${broken.map(describeDriver).join('; ')}`,
      mend: `Install the driver whole; ${IN_CONTAINER}.`,
    };
  }
  if (usable.length === 0) {
    return {
      cause:
        drivers.length > 0
          ? 'the only Vulkan drivers are software, on the CPU'
          : 'no Vulkan driver is installed',
      mend: `Install that of the card: mesa-vulkan-drivers for AMD and Intel, the graphics part of NVIDIA's driver; ${IN_CONTAINER}.`,
    };
  }
  if (!nodes.some(({ isOpen }) => isOpen)) {
    return {
      cause: `this user may not open ${nodes.map(({ path }) => path).join(', ')}`,
      mend: 'Add it to the group to which they belong (render or video); in a container, --group-add with its number.',
    };
  }
  return {
    cause: ownWords(attempt),
    mend: 'Loader, driver and card are there. "vulkaninfo --summary" (vulkan-tools) shows what the driver says; the card has to have Vulkan 1.1.',
  };
}

/** The same facts, a line each. */
export function vulkanFacts({ hasLoader, drivers, nodes }: VulkanFacts, attempt: Attempt): string[] {
  return [
    `Vulkan loader: ${hasLoader ? 'there' : 'not found'}`,
    `drivers: ${drivers.length === 0 ? 'none' : drivers.map(describeDriver).join(', ')}`,
    `devices: ${nodes.length === 0 ? 'none' : nodes.map(({ path, isOpen }) => (isOpen ? path : `${path} (may not be opened)`)).join(', ')}`,
    ...(attempt.failure === undefined ? [] : [ownWords(attempt)]),
  ];
}

function describeDriver({ path, missing }: VulkanDriver): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (missing !== undefined) return `${name} (${missing} is not there)`;
  return isSoftwareDriver(path) ? `${name} (software)` : name;
}
