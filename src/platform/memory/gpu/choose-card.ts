import type { Card, GpuProcess } from './parse-cards.ts';

/** What a process was told about the cards that it may use. */
export interface Visibility {
  /** CUDA_VISIBLE_DEVICES. */
  readonly devices: string | undefined;
  /** CUDA_DEVICE_ORDER. */
  readonly order: string | undefined;
}

/**
 * What engines with this environment see. Vulkan chooses by other rules than CUDA: with WebGPU it can be told only where there is
 * but one card.
 */
export function visibilityOf(device: string, env: Readonly<Record<string, string | undefined>>): Visibility {
  if (device === 'webgpu') return { devices: 'by Vulkan', order: undefined };
  return { devices: env['CUDA_VISIBLE_DEVICES'], order: env['CUDA_DEVICE_ORDER'] };
}

/** The UUID of the only slice that CUDA is to see, for cards in MIG mode. */
export function visibleSlice({ devices }: Visibility): string | undefined {
  const first = firstOf(devices);
  return first?.startsWith('MIG-') ? first : undefined;
}

/**
 * Finds the card that engines use: the one that holds memory of theirs, else the first that CUDA lets them see. CUDA counts the fastest
 * card first, which nvidia-smi does not: among cards of different kinds an index means nothing, unless CUDA_DEVICE_ORDER says so.
 *
 * Source: CUDA C++ Programming Guide, "CUDA Environment Variables".
 * @param pids of the engines, as far as they run.
 * @returns undefined where it can't be told.
 */
export function chooseCard(
  cards: readonly Card[],
  processes: readonly GpuProcess[],
  { devices, order }: Visibility,
  pids: readonly number[],
): Card | undefined {
  const used = processes.find(({ pid }) => pids.includes(pid));
  const holder = cards.find(({ uuid }) => uuid === used?.cardUuid);
  if (holder !== undefined) return holder;
  if (cards.length === 1) return cards[0];
  const wanted = firstOf(devices) ?? '0';
  if (wanted.startsWith('GPU-')) return cards.find(({ uuid }) => uuid.startsWith(wanted));
  const isOrdered = order === 'PCI_BUS_ID' || new Set(cards.map(({ name }) => name)).size === 1;
  return isOrdered && /^\d+$/.test(wanted) ? cards[Number(wanted)] : undefined;
}

function firstOf(devices: string | undefined): string | undefined {
  return devices?.split(',')[0]?.trim();
}
