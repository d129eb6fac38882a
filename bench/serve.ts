#!/usr/bin/env node
/** How fast is rerankd, and how fast are the others? All on the same weights and the same processors, in turns. */
import { runScript } from '../scripts/flags/run-script.ts';
import { type CardOptions, cardHelpText, readCardOptions } from './card/options.ts';
import { renderCard } from './card/report/render.ts';
import { runCardBench } from './card/run.ts';
import { runBenchmark } from './serve/benchmark.ts';
import { type BenchOptions, helpText, readOptions } from './serve/options.ts';
import { referenceOf } from './serve/report/compare.ts';
import { describeMachine } from './serve/report/machine.ts';
import { renderSummary } from './serve/report/summary-table.ts';
import { type Results, writeResults } from './serve/report/write-results.ts';
import { timeLimitMs } from './serve/time-limit.ts';
import { withWorkDirectory } from './serve/with-work-directory.ts';

/** A card has its own parts and flags. */
function isForCard(args: readonly string[]): boolean {
  const at = args.findIndex((argument) => argument === '--device' || argument.startsWith('--device='));
  return at !== -1 && args[at] !== '--device=cpu' && args[at + 1] !== 'cpu';
}

const cardScript = {
  read: readCardOptions,
  help: cardHelpText,
  run: async (options: CardOptions, stop: AbortSignal) => {
    process.stdout.write(renderCard(await runCardBench(options, stop, say)));
  },
};

async function measure(options: BenchOptions, stop: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeLimitMs(options))]);
  const results = await withWorkDirectory(options.work, (directory) =>
    runBenchmark(options, directory, signal, say),
  );
  const files = await writeResults(results);
  process.stdout.write(render(results));
  for (const path of files) say(`wrote ${path}`);
}

/** What went wrong or is to be known, each once. */
function faultsOf({ observations }: Results): string {
  const faults = observations.flatMap(({ scenario, variant, contender, fault }) =>
    fault === undefined ? [] : `! ${[scenario, variant, contender].filter(Boolean).join(', ')}: ${fault}\n`,
  );
  return [...new Set(faults)].join('');
}

function render(results: Results): string {
  const { machine, options, rows, observations, skipped } = results;
  const { rounds, seconds, size } = options;
  const reference = referenceOf(observations);
  return `${[
    describeMachine(machine),
    `XLM-RoBERTa ${size}; ${rounds} rounds of ${seconds} s: medians (and ranges)${reference === undefined ? '' : `; reference: ${reference}`}`,
    ...skipped,
  ].join('\n')}\n\n${renderSummary(rows)}${faultsOf(results)}`;
}

/** With the time since the start, as people who wait want to know how long the rest will take. */
function say(line: string): void {
  const minutes = (performance.now() / 60_000).toFixed(1);
  process.stderr.write(`… ${minutes.padStart(5)} min  ${line}\n`);
}

const how = { name: 'bench', isStoppable: true } as const;

await (isForCard(process.argv)
  ? runScript({ ...how, ...cardScript })
  : runScript({ ...how, read: readOptions, help: helpText, run: measure }));
