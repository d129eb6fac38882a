import { childEnvironment } from '../../../src/child-environment.ts';
import { chooseCard, visibilityOf } from '../../../src/platform/memory/gpu/choose-card.ts';
import { nvidiaSmi } from '../../../src/platform/memory/gpu/nvidia-smi.ts';
import { CARD_FIELDS, CSV, parseCards } from '../../../src/platform/memory/gpu/parse-cards.ts';
import { readGpuMemory } from '../../../src/platform/memory/gpu-memory.ts';
import type { Card } from '../options.ts';

/** A bench has more time than a server: a driver that has to be woken takes seconds. */
const TIMEOUT_MS = 20_000;

const childEnv = childEnvironment(process.env);
const run = nvidiaSmi(childEnv, TIMEOUT_MS);

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

/** What nvidia-smi says of the card that is measured, by the names of its fields. */
export type CardFacts = Readonly<Record<string, string>>;

/** @returns undefined where there is no nvidia-smi, or it has no answer, or does not tell which card CUDA would take. */
export async function readCardFacts(device: Card): Promise<CardFacts | undefined> {
  const cards = parseCards(await run([`--query-gpu=${CARD_FIELDS}`, CSV]).catch(() => ''));
  const card = chooseCard(cards, [], visibilityOf(device, childEnv), []);
  const line = card && (await query(FIELDS, card.uuid));
  if (line === undefined) return undefined;
  return Object.fromEntries(FIELDS.map((field, index) => [field, line[index] ?? '']));
}

/** Memory in use on the card that a server would take, by all processes, in bytes. NaN where it can't be read. */
export async function readUsedCardBytes(device: Card): Promise<number> {
  const memory = await readGpuMemory([], { run, visible: visibilityOf(device, childEnv) });
  return memory?.usedBytes ?? Number.NaN;
}

/** A driver that does not know a field refuses the whole question: then each is asked for alone. */
async function query(fields: readonly string[], uuid: string): Promise<string[] | undefined> {
  const together = await ask(fields, uuid);
  if (together !== undefined || fields.length === 1) return together;
  const each = await Promise.all(fields.map((field) => ask([field], uuid)));
  return each.every((answer) => answer === undefined) ? undefined : each.map((answer) => answer?.[0] ?? '');
}

async function ask(fields: readonly string[], uuid: string): Promise<string[] | undefined> {
  const answer = await run([`--id=${uuid}`, `--query-gpu=${fields.join(',')}`, CSV]).catch(() => undefined);
  return answer
    ?.trim()
    .split(',')
    .map((value) => value.trim());
}
