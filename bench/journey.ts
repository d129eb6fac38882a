#!/usr/bin/env node
/** Does a model on its way here disturb the one that serves? */
import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { runScript } from '../scripts/flags/run-script.ts';
import { helpText, type JourneyOptions, readOptions, timeLimitMs } from './journey/options.ts';
import { downloadCells, downloadRows } from './journey/report/download-table.ts';
import { travelCells, travelSummary } from './journey/report/travel-table.ts';
import { type JourneyFindings, runJourney } from './journey/run-journey.ts';
import { figuresOf } from './journey/window.ts';
import { describeMachine, readMachine } from './serve/report/machine.ts';
import { withWorkDirectory } from './serve/with-work-directory.ts';
import { renderTable } from './swap/report/table.ts';

async function measure(options: JourneyOptions, stop: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeLimitMs(options))]);
  const machine = await readMachine();
  const loadBefore = loadavg();
  const findings = await withWorkDirectory(options.work, (directory) =>
    runJourney(options, directory, signal, say),
  );
  const load = { before: loadBefore, after: loadavg() };
  const loads = [load.before, load.after].map((values) => values.map((value) => value.toFixed(1)).join(', '));
  process.stdout.write(
    `${describeMachine(machine)}\nload average ${loads.join(' → ')}\n\n${render(findings)}`,
  );
  if (options.jsonFile === undefined) return;
  const { work: _, jsonFile: __, ...told } = options;
  const written = { machine, load, options: told, ...summaryOf(findings) };
  await writeFile(options.jsonFile, `${JSON.stringify(written, null, 2)}\n`);
}

function render({ downloads, travel }: JourneyFindings): string {
  const tables = downloads.map(
    (findings) =>
      `${findings.rate} of ${Math.round(findings.capacity)} possible requests/s\n${renderTable(downloadCells(findings))}`,
  );
  if (travel !== undefined) tables.push(`${renderTable(travelCells(travel))}${travelSummary(travel)}\n`);
  return tables.join('\n');
}

/** All figures, without the hundred thousands of single requests. */
function summaryOf({ downloads, travel }: JourneyFindings) {
  return {
    downloads: downloads.map(({ samples, thread, ...findings }) => ({
      ...findings,
      rows: downloadRows({ ...findings, samples, thread }),
    })),
    travel: travel && {
      ...travel,
      samples: undefined,
      windows: Object.fromEntries(
        [...travel.windows].map(([name, window]) => [name, figuresOf(travel.samples, [window])]),
      ),
    },
  };
}

/** With the time since the start, as people who wait want to know how long the rest will take. */
function say(line: string): void {
  const minutes = (performance.now() / 60_000).toFixed(1);
  process.stderr.write(`… ${minutes.padStart(5)} min  ${line}\n`);
}

await runScript({
  name: 'bench:journey',
  read: readOptions,
  help: helpText,
  run: measure,
  isStoppable: true,
});
