/**
 * Writes a complete model directory with random weights, so that the server can be tried without any download.
 *
 *     node scripts/synthesize-checkpoint.ts --arch xlm-roberta --size base --out models/synthetic
 *
 * Ends with 0, with 1 when it couldn't be written, with 2 when the command line is wrong, and with 130 or 143 after
 * SIGINT or SIGTERM, which leave nothing behind.
 */
import { relative } from 'node:path';
import { parseArguments } from './synthesize/arguments.ts';
import { SynthesisError, UsageError } from './synthesize/errors.ts';
import { helpText } from './synthesize/help.ts';
import { ProgressLine } from './synthesize/progress-line.ts';
import type { CheckpointRequest } from './synthesize/request.ts';
import { type WrittenCheckpoint, writeCheckpoint } from './synthesize/write-checkpoint.ts';

const stopCodes = { SIGINT: 130, SIGTERM: 143 } as const;

try {
  const request = parseArguments(process.argv.slice(2));
  if (request === undefined) process.stdout.write(helpText());
  else process.exitCode = await synthesize(request);
} catch (error) {
  if (!(error instanceof SynthesisError)) throw error;
  const hint = error instanceof UsageError ? '\nSay --help for all flags.' : '';
  console.error(`checkpoint:synthesize: ${error.message}${hint}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** @returns the exit code. */
async function synthesize(request: CheckpointRequest): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal));
  const begun = performance.now();
  console.error(`Writing ${request.architecture}, ${request.size}, to ${request.directory} …`);
  const line = process.stderr.isTTY ? new ProgressLine(process.stderr, () => performance.now()) : undefined;
  try {
    const written = await writeCheckpoint(request, line, stop.signal);
    line?.end();
    report(written, (performance.now() - begun) / 1000);
    return 0;
  } catch (error) {
    line?.end();
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
    console.error('Stopped. Nothing was left behind.');
    return stopCodes[stop.signal.reason as keyof typeof stopCodes];
  }
}

function report({ directory, files, parameters }: WrittenCheckpoint, seconds: number): void {
  for (const { name, bytes } of files) console.error(`  ${bytes.toLocaleString('en').padStart(15)}  ${name}`);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  console.error(
    `Wrote ${files.length} files, ${total.toLocaleString('en')} bytes, ${parameters.toLocaleString('en')} parameters ` +
      `in ${seconds.toFixed(1)} s to ${relative('.', directory) || '.'}`,
  );
}
