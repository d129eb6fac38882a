import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const TIMEOUT_MS = 20_000;

const FIELDS = [
  'name',
  'driver_version',
  'compute_cap',
  'memory.total',
  'memory.used',
  'clocks.sm',
  'clocks.max.sm',
  'clocks.mem',
  'power.draw',
  'power.limit',
  'temperature.gpu',
  'utilization.gpu',
  'mig.mode.current',
  'ecc.errors.uncorrected.volatile.total',
  'clocks_event_reasons.active',
];

/** What nvidia-smi says of the first card, by the names of its fields. */
export type CardFacts = Readonly<Record<string, string>>;

/** @returns undefined where there is no nvidia-smi, or it has no answer. */
export async function readCardFacts(): Promise<CardFacts | undefined> {
  const line = await query(FIELDS);
  if (line === undefined) return undefined;
  return Object.fromEntries(FIELDS.map((field, index) => [field, line[index] ?? '']));
}

/** Memory in use on the first card, by all processes, in bytes. NaN where it can't be read. */
export async function readUsedCardBytes(): Promise<number> {
  const [used] = (await query(['memory.used'])) ?? [];
  return Number.parseFloat(used ?? '') * 2 ** 20;
}

/** A driver that does not know a field refuses the whole question: then each is asked for alone. */
async function query(fields: readonly string[]): Promise<string[] | undefined> {
  const together = await ask(fields);
  if (together !== undefined || fields.length === 1) return together;
  const each = await Promise.all(fields.map((field) => ask([field])));
  return each.every((answer) => answer === undefined) ? undefined : each.map((answer) => answer?.[0] ?? '');
}

async function ask(fields: readonly string[]): Promise<string[] | undefined> {
  const args = ['--id=0', `--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', args, { timeout: TIMEOUT_MS });
    return stdout
      .trim()
      .split(',')
      .map((value) => value.trim());
  } catch {
    return undefined;
  }
}
