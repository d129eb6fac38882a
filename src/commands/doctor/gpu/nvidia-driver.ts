import { join } from 'node:path';
import type { Machine } from '../machine.ts';

/** A GPU as nvidia-smi tells of it. */
export interface Card {
  readonly name: string;
  readonly driver: string;
  readonly freeMib: string;
  readonly totalMib: string;
  /** Compute capability, such as 9.0. */
  readonly capability: number;
  /** Whether the driver stays loaded while nobody uses the card; undefined where it does not tell. */
  readonly isPersistent?: boolean | undefined;
}

export type NvidiaDriver =
  | { readonly state: 'works'; readonly cards: readonly Card[] }
  | { readonly state: 'fails'; readonly said: string }
  | { readonly state: 'hangs' }
  /** The kernel has it, and there is no nvidia-smi: an image without the utilities, or a container without the GPU. */
  | { readonly state: 'kernel only'; readonly version: string }
  | { readonly state: 'none'; readonly hasCard: boolean };

const QUERY = '--query-gpu=name,driver_version,memory.total,memory.free,compute_cap,persistence_mode';

const PATIENCE_MS = 15_000;

const NVIDIA_VENDOR = '0x10de';
const DISPLAY_CLASS = '0x03';
/** Machines have some dozen. */
const MAX_PCI_DEVICES = 1024;

/** Asks the driver which cards there are; where it can't be asked, looks for traces of it and of a card. */
export async function lookAtNvidiaDriver(machine: Machine, signal: AbortSignal): Promise<NvidiaDriver> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  const args = [QUERY, '--format=csv,noheader,nounits'];
  const answer = await machine.execute('nvidia-smi', args, AbortSignal.any([signal, late]));
  if (answer?.code === 0) return { state: 'works', cards: answer.stdout.trim().split('\n').map(readCard) };
  if (answer !== undefined) {
    return { state: 'fails', said: `${answer.stdout}${answer.stderr}`.trim() || `exit code ${answer.code}` };
  }
  if (late.aborted) return { state: 'hangs' };
  const kernel = await machine.readText('/proc/driver/nvidia/version');
  if (kernel !== undefined) {
    const version = /Module.*?\s(\d+\.[\d.]+)/.exec(kernel)?.[1] ?? 'unknown';
    return { state: 'kernel only', version };
  }
  return { state: 'none', hasCard: await hasCard(machine) };
}

function readCard(line: string): Card {
  const [name = '', driver = '', totalMib = '', freeMib = '', capability = '', persistence] = line
    .split(',')
    .map((cell) => cell.trim());
  return {
    name,
    driver,
    totalMib,
    freeMib,
    capability: Number(capability),
    isPersistent: persistenceOf(persistence),
  };
}

function persistenceOf(mode: string | undefined): boolean | undefined {
  return mode === 'Enabled' || mode === 'Disabled' ? mode === 'Enabled' : undefined;
}

async function hasCard({ entries, readText }: Machine): Promise<boolean> {
  const root = '/sys/bus/pci/devices';
  const devices = (await entries(root)).slice(0, MAX_PCI_DEVICES);
  const found = await Promise.all(
    devices.map(async (device) => {
      const vendor = await readText(join(root, device, 'vendor'));
      if (vendor?.trim() !== NVIDIA_VENDOR) return false;
      return (await readText(join(root, device, 'class')))?.startsWith(DISPLAY_CLASS) ?? false;
    }),
  );
  return found.includes(true);
}
