#!/usr/bin/env node
/** Load while swapping: does a server that changes its model under full load drop, delay or mix up a request? */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runScript } from '../scripts/flags/run-script.ts';
import { requireCard } from './card/machine/find-card.ts';
import { withWorkDirectory } from './serve/with-work-directory.ts';
import { prepareCheckpoint } from './serve/workload/checkpoint.ts';
import { type Findings, runExperiment } from './swap/experiment.ts';
import { helpText, readOptions, type SwapOptions, timeLimitMs } from './swap/options.ts';
import { judge } from './swap/report/judge.ts';
import { Progress } from './swap/report/progress.ts';
import { renderReport } from './swap/report/render.ts';

/** @returns the exit code. */
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

await runScript({ name: 'bench:swap', read: readOptions, help: helpText, run: measure, isStoppable: true });
