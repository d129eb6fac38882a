/**
 * Does bad things to real servers while requests come, and looks whether one fails, is lost or gets a wrong answer.
 *
 *     npm run chaos -- --minutes 10 --only swaps,kills
 *
 * Ends with 0, with 1 when something fell short, with 2 when the command line is wrong, and with 130 or 143 after SIGINT or
 * SIGTERM. Nothing of what it started is left, however it ends.
 */
import { writeFile } from 'node:fs/promises';
import { lineUp } from './chaos/line-up.ts';
import { type ChaosOptions, helpText, OptionsError, readOptions } from './chaos/options.ts';
import { isAllMet, renderReport } from './chaos/report/render.ts';
import { StatusLine } from './chaos/report/status-line.ts';
import { runAll } from './chaos/run.ts';

const stopCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** @returns the exit code. */
async function main(options: ChaosOptions, signal: AbortSignal): Promise<number> {
  using status = new StatusLine(process.stderr);
  const say = (doing: string): void => status.say(doing);
  const outcomes = await runAll(lineUp(options), { ...options, say, signal });
  status[Symbol.dispose]();
  process.stdout.write(renderReport(outcomes));
  if (options.jsonFile !== undefined) {
    await writeFile(options.jsonFile, `${JSON.stringify({ options, outcomes }, null, 2)}\n`);
  }
  return isAllMet(outcomes) ? 0 : 1;
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal));

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(helpText());
  else process.exitCode = await main(options, stop.signal);
} catch (error) {
  const stopped = stop.signal.aborted;
  process.stderr.write(`chaos: ${stopped ? 'stopped' : (error as Error).message}\n`);
  process.exitCode = stopped
    ? stopCodes[stop.signal.reason as keyof typeof stopCodes]
    : error instanceof OptionsError
      ? 2
      : 1;
}
