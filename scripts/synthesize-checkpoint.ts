/**
 * Writes a complete model directory with random weights, so that the server can be tried without any download.
 *
 *     node scripts/synthesize-checkpoint.ts --arch xlm-roberta --size base --out models/synthetic
 *
 * Ends with 0, with 1 when it couldn't be written, with 2 when the command line is wrong, and with 130 or 143 after
 * SIGINT or SIGTERM, which leave nothing behind.
 */
import { relative } from 'node:path';
import { runScript } from './flags/run-script.ts';
import { helpText, readArguments } from './synthesize/arguments.ts';
import { ProgressLine } from './synthesize/progress-line.ts';
import type { CheckpointRequest } from './synthesize/request.ts';
import { type WrittenCheckpoint, writeCheckpoint } from './synthesize/write-checkpoint.ts';

await runScript({
  name: 'checkpoint:synthesize',
  read: readArguments,
  help: helpText,
  run: synthesize,
  isStoppable: true,
  whenStopped: 'Stopped. Nothing was left behind.',
});

async function synthesize(request: CheckpointRequest, stop: AbortSignal): Promise<void> {
  const begun = performance.now();
  console.error(`Writing ${request.architecture}, ${request.size}, to ${request.directory} …`);
  const line = process.stderr.isTTY ? new ProgressLine(process.stderr, () => performance.now()) : undefined;
  const written = await writeCheckpoint(request, line, stop).finally(() => line?.end());
  report(written, (performance.now() - begun) / 1000);
}

function report({ directory, files, parameters }: WrittenCheckpoint, seconds: number): void {
  for (const { name, bytes } of files) console.error(`  ${bytes.toLocaleString('en').padStart(15)}  ${name}`);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  console.error(
    `Wrote ${files.length} files, ${total.toLocaleString('en')} bytes, ${parameters.toLocaleString('en')} parameters ` +
      `in ${seconds.toFixed(1)} s to ${relative('.', directory) || '.'}`,
  );
}
