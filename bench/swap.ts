#!/usr/bin/env node
/** Load while swapping: does a server that changes its model under full load drop, delay or mix up a request? */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NoCard, requireCard } from './card/machine/find-card.ts';
import { OptionsError } from './flag-values.ts';
import { withWorkDirectory } from './serve/with-work-directory.ts';
import { prepareCheckpoint } from './serve/workload/checkpoint.ts';
import { type Findings, runExperiment } from './swap/experiment.ts';
import { helpText, readOptions, type SwapOptions, timeLimitMs } from './swap/options.ts';
import { judge } from './swap/report/judge.ts';
import { Progress } from './swap/report/progress.ts';
import { renderReport } from './swap/report/render.ts';

/** 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130;

/** @returns the exit code. */
async function main(args: readonly string[], stop: AbortSignal): Promise<number> {
  const options = readOptions(args);
  if (options === 'help') {
    process.stdout.write(helpText());
    return 0;
  }
  return await measure(options, stop);
}

async function measure(options: SwapOptions, stop: AbortSignal): Promise<number> {
  if (options.device !== 'cpu') await requireCard(options.device, { anyDriver: options.isDryRun });
  const tooLong = AbortSignal.timeout(timeLimitMs(options));
  using progress = new Progress(process.stderr);
  const signal = AbortSignal.any([stop, tooLong]);
  const findings = await withModels(options, signal, (models, directory) =>
    runExperiment({ ...options, models }, directory, signal, progress),
  );
  const verdict = judge(findings, options.mode);
  progress.clear();
  process.stdout.write(renderReport(options, findings, verdict));
  if (options.jsonFile !== undefined) {
    await writeFile(options.jsonFile, `${JSON.stringify({ options, ...findings, ...verdict }, null, 2)}\n`);
  }
  return verdict.everyAnswerRight ? 0 : 1;
}

/** Runs with the two models that were named, or with two that are synthesized. */
async function withModels(
  { models, size, work }: SwapOptions,
  signal: AbortSignal,
  run: (models: readonly [string, string], directory: string | undefined) => Promise<Findings>,
): Promise<Findings> {
  if (size === undefined) return await run(models, undefined);
  return await withWorkDirectory(work, async (directory) => {
    const names = [`bench-${size}`, `bench-${size}-next`] as const;
    for (const [seed, name] of names.entries())
      await prepareCheckpoint(directory, { name, size, seed }, signal);
    return await run([`local://${names[0]}`, `local://${names[1]}`], join(directory, 'models'));
  });
}

function exitCodeOf(error: unknown): number {
  if (error instanceof NoCard) return error.exitCode;
  return error instanceof OptionsError ? 2 : 1;
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

try {
  process.exitCode = await main(process.argv.slice(2), stop.signal);
} catch (error) {
  process.stderr.write(`bench:swap: ${stop.signal.aborted ? 'stopped' : (error as Error).message}\n`);
  process.exitCode = stop.signal.aborted ? INTERRUPTED : exitCodeOf(error);
}
