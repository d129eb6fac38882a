import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lineUp } from './contenders/line-up.ts';
import type { BenchOptions } from './options.ts';
import { compareToReference } from './report/compare.ts';
import { describeMachine, readMachine } from './report/machine.ts';
import { summarize } from './report/summary.ts';
import { throughputChart } from './report/throughput-chart.ts';
import type { Results } from './report/write-results.ts';
import { runRounds } from './run-rounds.ts';
import { scenarios } from './scenarios/registry.ts';
import { prepareModel } from './workload/checkpoint.ts';
import { Workload } from './workload/workload.ts';

/**
 * Runs the whole thing. Nothing is left running, however it ends.
 * @param directory for models, compiled graphs, requests and logs
 * @throws the signal's reason; Error when a contender can't be measured.
 */
export async function runBenchmark(
  options: BenchOptions,
  directory: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Results> {
  const machine = await readMachine();
  say(describeMachine(machine));
  say(`preparing XLM-RoBERTa ${options.size}`);
  const model = await prepareModel(directory, options.size, signal);
  const { mostDocuments, python } = options;
  const { contenders, versions, skipped } = await lineUp({
    names: options.contenders,
    model,
    directory,
    cores: machine.cores,
    mostDocuments,
    python,
  });
  for (const line of skipped) say(line);
  const requests = join(directory, 'requests', options.size);
  await mkdir(requests, { recursive: true });
  const workload = await Workload.open(model.checkpoint, requests);
  const findings = await runRounds({
    scenarios: scenarios.filter(({ name }) => options.only.includes(name)),
    contenders,
    rounds: options.rounds,
    context: { workload, seconds: options.seconds, mostDocuments, signal },
    say,
  });
  const observations = compareToReference(findings);
  const rows = summarize(observations);
  const chart = throughputChart(rows, `${machine.cores} × ${machine.cpu}, XLM-RoBERTa ${options.size}`);
  return { options, machine, versions, skipped, observations, rows, chart };
}
