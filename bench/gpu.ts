#!/usr/bin/env node
/**
 * Everything that is measured on a card, one part after the other, within minutes: for a day on which a card can be had.
 *
 *     npm run bench:gpu -- --out DIR
 *
 * Each part is a process of its own with a time limit; one that fails does not stop the others.
 */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { anyText, filePath, given, namesOf, oneOf, orNone, wholeNumber } from '../scripts/flags/kinds.ts';
import { type ValuesOf, valueAs } from '../scripts/flags/read-flags.ts';
import { commandLine, runScript } from '../scripts/flags/run-script.ts';
import { requireCard } from './card/machine/find-card.ts';
import { readCardFacts } from './card/machine/nvidia-smi.ts';
import { cardSizes } from './card/options.ts';
import { type DayOptions, type DayPart, planDay } from './gpu-day/plan.ts';
import { runPart } from './gpu-day/run-part.ts';
import { describeMachine, readMachine } from './serve/report/machine.ts';
import { tidyJson } from './serve/report/tidy-json.ts';

const manual = {
  usage: 'npm run bench:gpu -- [flags]',
  about: 'Everything that is measured on a card, one part after the other, each with a time limit.',
  flags: {
    out: {
      kind: filePath,
      default: 'gpu-results',
      help: 'directory for gpu.json, gpu.log and the JSON of each part',
    },
    device: { kind: oneOf(['cuda', 'webgpu']), default: 'cuda', help: 'cuda or webgpu' },
    python: { kind: orNone(filePath), help: 'interpreter with PyTorch for CUDA and transformers' },
    minutes: { kind: wholeNumber(), default: '8', help: 'in all' },
    only: { kind: orNone(anyText), help: 'parts, separated by commas' },
    sizes: {
      kind: namesOf(cardSizes),
      default: 'base,large',
      help: 'XLM-RoBERTa: base, large (v2-m3), tiny to try it',
    },
    'dry-run': {
      kind: given,
      help: 'go on with a card that computes nothing; the figures mean nothing then',
    },
  },
  more: "Exit code 69 when there is no such card, 78 when there is one that does not work, 2 when a flag can't be read, 1 when a part failed.",
};

/** A part with less time than this would only be cut off. */
const LEAST_MS = 5_000;

await runScript({ name: 'bench:gpu', ...commandLine(manual), run: runDay, isStoppable: true });

async function runDay(values: ValuesOf<typeof manual.flags>, stop: AbortSignal): Promise<number> {
  const endsAt = performance.now() + values.minutes * 60_000;
  const { device } = values;
  const out = resolve(values.out);
  const work = join(out, 'work');
  const logFile = join(out, 'gpu.log');
  const options: DayOptions = {
    device,
    out,
    work,
    python: values.python,
    sizes: values.sizes,
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
    if (stop.aborted) break;
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
    const { outcome, seconds, exitCode } = await runPart(part, { limitMs, logFile, signal: stop });
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

/** @throws UsageError for a part that does not exist: a day on which nothing ran would pass. */
function partsOf(options: DayOptions, only: string | undefined): DayPart[] {
  const parts = planDay(options);
  if (only === undefined) return parts;
  const wanted = valueAs('--only', namesOf(parts.map(({ name }) => name)), only);
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
