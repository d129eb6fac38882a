const MIB = 2 ** 20;

/** Columns that parseCards() reads. */
export const CARD_FIELDS = 'index,uuid,name,memory.total,memory.used,memory.free,mig.mode.current';

/** Columns that parseProcesses() reads. */
export const PROCESS_FIELDS = 'gpu_uuid,pid,used_memory';

export const CSV = '--format=csv,noheader,nounits';

/** Bytes of memory, as far as the driver tells them. */
export interface CardMemory {
  readonly totalBytes: number | undefined;
  readonly usedBytes: number | undefined;
  readonly freeBytes: number | undefined;
}

/** One card. Its index follows the order on the bus. */
export interface Card extends CardMemory {
  readonly uuid: string;
  readonly name: string;
  /** It is in MIG mode: programs use slices of it, and the figures of the whole mean nothing to them. */
  readonly isSliced: boolean;
}

export interface GpuProcess {
  readonly cardUuid: string;
  /** In the namespace of the host, whoever asks. */
  readonly pid: number;
  readonly bytes: number;
}

/**
 * The cards that `nvidia-smi --query-gpu` lists. A figure is undefined where it stands `[N/A]` (memory that the card shares with the
 * processor), `[Insufficient Permissions]` (a card in MIG mode, seen from a container) and the like. Some memory is reserved by the
 * driver: what is used and what is free need not be all of it.
 * @returns none for text that is no such list, such as "No devices were found".
 */
export function parseCards(text: string): Card[] {
  return rows(text).flatMap(([index = '', uuid = '', name = '', total, used, free, mig]) => {
    if (!/^\d+$/.test(index) || !uuid.startsWith('GPU-')) return [];
    const memory = memoryOf(total, used, free);
    return [{ uuid, name, ...memory, isSliced: mig === 'Enabled' }];
  });
}

/** The processes that `nvidia-smi --query-compute-apps` lists with what they hold; under WSL the driver does not know that. */
export function parseProcesses(text: string): GpuProcess[] {
  return rows(text).flatMap(([cardUuid = '', pid = '', used]) => {
    const bytes = bytesOf(used);
    return /^\d+$/.test(pid) && bytes !== undefined ? [{ cardUuid, pid: Number(pid), bytes }] : [];
  });
}

/** @param values mebibytes. */
export function memoryOf(total?: string, used?: string, free?: string): CardMemory {
  const [totalBytes, freeBytes] = [bytesOf(total), bytesOf(free)];
  const rest = totalBytes === undefined || freeBytes === undefined ? undefined : totalBytes - freeBytes;
  return { totalBytes, usedBytes: bytesOf(used) ?? rest, freeBytes };
}

function bytesOf(mebibytes = ''): number | undefined {
  const number = /^(\d+)(?: MiB)?$/.exec(mebibytes)?.[1];
  return number === undefined ? undefined : Number(number) * MIB;
}

function rows(text: string): string[][] {
  return text.split('\n').map((line) => line.split(',').map((cell) => cell.trim()));
}
