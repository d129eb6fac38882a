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
import { type ChaosOptions, helpText, readOptions } from './chaos/options.ts';
import { isAllMet, renderReport } from './chaos/report/render.ts';
import { StatusLine } from './chaos/report/status-line.ts';
import { runAll } from './chaos/run.ts';
import { runScript } from './flags/run-script.ts';

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

await runScript({ name: 'chaos', read: readOptions, help: helpText, run: main, isStoppable: true });
