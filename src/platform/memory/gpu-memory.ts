import { messageOf } from '../../errors.ts';
import { chooseCard, type Visibility, visibleSlice } from './gpu/choose-card.ts';
import type { RunNvidiaSmi } from './gpu/nvidia-smi.ts';
import {
  CARD_FIELDS,
  type CardMemory,
  CSV,
  PROCESS_FIELDS,
  parseCards,
  parseProcesses,
} from './gpu/parse-cards.ts';
import { parseSlices, type Slice } from './gpu/parse-slices.ts';

/** Memory of the card that engines use, or of the slice of one, whoever holds it. */
export interface GpuMemory {
  /** Such as "NVIDIA H100 80GB HBM3". */
  readonly name: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
  /**
   * Bytes by process id, as far as the driver knows them. It knows the ids of the host alone: in a container with a namespace of
   * its own, those of the engines are not among them.
   */
  readonly processes: ReadonlyMap<number, number>;
  /** Of the card, where engines are sure to use just this one. */
  readonly cardUuid?: string;
}

export interface GpuMemorySource {
  readonly run: RunNvidiaSmi;
  readonly visible: Visibility;
  /** The card that is known already: the driver need not wake the others. */
  readonly cardUuid?: string | undefined;
  /** Told why there are no figures. */
  readonly onProblem?: (reason: string) => void;
}

/**
 * Asks the driver what is free on the card. For NVIDIA's only; other vendors have no program that comes with every driver.
 * @param pids of engines that run, by which the card is found among several.
 * @returns undefined where there is no driver or no card, or where it can't be told which one engines use. Never throws.
 */
export async function readGpuMemory(
  pids: readonly number[],
  { run, visible, cardUuid: known, onProblem }: GpuMemorySource,
): Promise<GpuMemory | undefined> {
  try {
    const only = known === undefined ? [] : [`--id=${known}`];
    const [cards, processes] = await Promise.all([
      run([`--query-gpu=${CARD_FIELDS}`, CSV, ...only]).then(parseCards),
      // Older drivers don't tell, and slices need no list of processes.
      run([`--query-compute-apps=${PROCESS_FIELDS}`, CSV, ...only]).then(parseProcesses, () => []),
    ]);
    const card = chooseCard(cards, processes, visible, pids);
    const slice = visibleSlice(visible);
    const used = slice !== undefined || card?.isSliced ? await sliceOf(run, slice, card?.uuid) : card;
    if (used === undefined) {
      throw new Error(
        cards.length > 1
          ? `there are ${cards.length} cards, and CUDA_VISIBLE_DEVICES does not say which one is used: give it a UUID of nvidia-smi -L`
          : 'nvidia-smi lists no card',
      );
    }
    const cardUuid = 'cardUuid' in used ? used.cardUuid : used.uuid;
    const own = processes.filter((process) => process.cardUuid === cardUuid);
    const isSure = cards.length === 1 || own.some(({ pid }) => pids.includes(pid));
    return {
      name: used.name,
      ...figuresOf(used),
      processes: new Map(own.map(({ pid, bytes }) => [pid, bytes])),
      ...(isSure && { cardUuid }),
    };
  } catch (error) {
    onProblem?.(messageOf(error));
    return undefined;
  }
}

/** The one that is asked for, else the first of the card: CUDA uses no more than one. */
async function sliceOf(run: RunNvidiaSmi, uuid?: string, cardUuid?: string): Promise<Slice | undefined> {
  const [xml, list] = await Promise.all([run(['-q', '-x']), run(['-L'])]);
  return parseSlices(xml, list).find((slice) =>
    uuid === undefined ? slice.cardUuid === cardUuid : slice.uuid === uuid,
  );
}

function figuresOf({ totalBytes, usedBytes, freeBytes }: CardMemory) {
  if (totalBytes === undefined || usedBytes === undefined || freeBytes === undefined)
    throw new Error('the driver does not tell how much memory of the card is free');
  return { totalBytes, usedBytes, freeBytes };
}
