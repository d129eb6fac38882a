#!/usr/bin/env node
/**
 * Everything that is measured on a card, one part after the other, within minutes: for a day on which a card can be had.
 *
 *     npm run bench:gpu -- --out DIR [--device cuda|webgpu] [--python PATH] [--minutes 8] [--only NAME,…] [--sizes base,large] [--dry-run]
 *
 * Each part is a process of its own with a time limit; one that fails does not stop the others. Writes DIR/gpu.json, DIR/gpu.log and
 * the JSON of each part. Exit code 69 when there is no such card, 78 when there is one that does not work, 2 when a flag can't be read, 1 when a part failed.
 */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { NoCard, requireCard } from './card/machine/find-card.ts';
import { readCardFacts } from './card/machine/nvidia-smi.ts';
import { cardSizes } from './card/options.ts';
import { namesOf, OptionsError, oneOf, scriptFlags, wholeNumber } from './flag-values.ts';
import { type DayOptions, type DayPart, planDay } from './gpu-day/plan.ts';
import { runPart } from './gpu-day/run-part.ts';
import { describeMachine, readMachine } from './serve/report/machine.ts';
import { tidyJson } from './serve/report/tidy-json.ts';

const HELP = `Usage: node bench/gpu.ts [flags]

Everything that is measured on a card, one part after the other, each with a time limit.

  --out       directory for gpu.json, gpu.log and the JSON of each part (gpu-results)
  --device    cuda or webgpu (cuda)
  --python    interpreter with PyTorch for CUDA and transformers
  --minutes   in all (8)
  --only      parts, separated by commas
  --sizes     XLM-RoBERTa: base, large (v2-m3), tiny to try it (base,large)
  --dry-run   go on with a card that computes nothing; the figures mean nothing then

Exit code 69 when there is no such card, 78 when there is one that does not work, 2 when a flag can't be read, 1 when a part failed.
`;

const values = scriptFlags(
  'bench:gpu',
  {
    out: { type: 'string', default: 'gpu-results' },
    device: { type: 'string', default: 'cuda' },
    python: { type: 'string' },
    minutes: { type: 'string', default: '8' },
    only: { type: 'string' },
    sizes: { type: 'string', default: 'base,large' },
    'dry-run': { type: 'boolean', default: false },
  },
  HELP,
);

/** A part with less time than this would only be cut off. */
const LEAST_MS = 5_000;

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

try {
  process.exitCode = await runDay();
} catch (error) {
  process.stderr.write(`bench:gpu: ${(error as Error).message}\n`);
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof NoCard) return error.exitCode;
  return error instanceof OptionsError ? 2 : 1;
}

async function runDay(): Promise<number> {
  const endsAt = performance.now() + wholeNumber('minutes', values.minutes) * 60_000;
  const device = oneOf('device', values.device, ['cuda', 'webgpu']);
  const out = resolve(values.out);
  const work = join(out, 'work');
  const logFile = join(out, 'gpu.log');
  const options: DayOptions = {
    device,
    out,
    work,
    python: values.python,
    sizes: namesOf('sizes', values.sizes, cardSizes),
    isDryRun: values['dry-run'],
  };
  const parts = partsOf(options, values.only);
  await requireCard(device, { anyDriver: options.isDryRun, python: options.python });
  await mkdir(work, { recursive: true });
  const [machine, card] = [await readMachine(), await readCardFacts(device)];
  await tell(logFile, `${describeMachine(machine)}\n${JSON.stringify(card, null, 2)}\n`);
  const results: object[] = [];
  let failed = 0;
  for (const part of parts) {
    if (stop.signal.aborted) break;
    const limitMs = Math.min(part.limitSeconds * 1000, endsAt - performance.now());
    if (limitMs < LEAST_MS) {
      await tell(logFile, `── ${part.name}: left out, the time is over\n`);
      results.push({ name: part.name, outcome: 'left out' });
      failed++;
      continue;
    }
    await tell(
      logFile,
      `── ${part.name} (at most ${Math.round(limitMs / 1000)} s): ${part.arguments.join(' ')}\n`,
    );
    const { outcome, seconds, exitCode } = await runPart(part, { limitMs, logFile, signal: stop.signal });
    if (outcome !== 'ended' || exitCode !== 0) failed++;
    await tell(
      logFile,
      `── ${part.name}: ${outcome}, exit code ${String(exitCode)}, ${seconds.toFixed(1)} s\n`,
    );
    const figures = part.jsonFile === undefined ? undefined : await readJson(part.jsonFile);
    results.push({
      name: part.name,
      outcome,
      exitCode,
      seconds,
      figures,
      cardAfter: await readCardFacts(device),
    });
    // Whatever comes next, what is there is written down.
    await writeFile(
      join(out, 'gpu.json'),
      tidyJson({ isDryRun: options.isDryRun, machine, card, parts: results }),
    );
  }
  process.stdout.write(`wrote ${join(out, 'gpu.json')} and ${logFile}; ${failed} parts failed\n`);
  return failed === 0 ? 0 : 1;
}

/** @throws OptionsError for a part that does not exist: a day on which nothing ran would pass. */
function partsOf(options: DayOptions, only: string | undefined): DayPart[] {
  const parts = planDay(options);
  if (only === undefined) return parts;
  const names = parts.map(({ name }) => name);
  const wanted = namesOf('only', only, names);
  return parts.filter(({ name }) => wanted.includes(name));
}

async function tell(logFile: string, text: string): Promise<void> {
  process.stdout.write(text);
  await appendFile(logFile, text);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
