#!/usr/bin/env node
/** Load while swapping: does a server that changes its model under full load drop, delay or mix up a request? */
import { writeFile } from 'node:fs/promises';
import { runExperiment } from './swap/experiment.ts';
import { helpText, OptionsError, readOptions, type SwapOptions, timeLimitMs } from './swap/options.ts';
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
  const tooLong = AbortSignal.timeout(timeLimitMs(options));
  using progress = new Progress(process.stderr);
  const findings = await runExperiment(options, AbortSignal.any([stop, tooLong]), progress);
  const verdict = judge(findings);
  progress.clear();
  process.stdout.write(renderReport(options, findings, verdict));
  if (options.jsonFile !== undefined) {
    await writeFile(options.jsonFile, `${JSON.stringify({ options, ...findings, ...verdict }, null, 2)}\n`);
  }
  return verdict.everyAnswerRight ? 0 : 1;
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

try {
  process.exitCode = await main(process.argv.slice(2), stop.signal);
} catch (error) {
  process.stderr.write(`bench:swap: ${stop.signal.aborted ? 'stopped' : (error as Error).message}\n`);
  process.exitCode = stop.signal.aborted ? INTERRUPTED : error instanceof OptionsError ? 2 : 1;
}
