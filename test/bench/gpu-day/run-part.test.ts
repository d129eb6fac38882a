import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runPart } from '../../../bench/gpu-day/run-part.ts';
import { scratchDirectory } from '../../support/directories.ts';

/** More than any of these tests takes. */
const LONG_MS = 600_000;

function shell(script: string) {
  return { name: 'part', command: '/bin/sh', arguments: ['-c', script], limitSeconds: 600 };
}

it('keeps what a part says last, also where it fails', async () => {
  await using scratch = await scratchDirectory();
  const logFile = join(scratch.path, 'log');
  const part = shell('head -c 60000 /dev/zero | tr "\\0" x; echo the end >&2; exit 3');
  const signal = new AbortController().signal;
  expect(await runPart(part, { limitMs: LONG_MS, logFile, signal })).toMatchObject({
    outcome: 'ended',
    exitCode: 3,
  });
  const log = await readFile(logFile, 'utf8');
  expect(log.replaceAll('x', '')).toBe('the end\n');
  expect(log.length).toBe(60_000 + 'the end\n'.length);
});

it('ends a part that began when everything was to stop', async () => {
  await using scratch = await scratchDirectory();
  const logFile = join(scratch.path, 'log');
  const found = await runPart(shell('exec sleep 600'), {
    limitMs: LONG_MS,
    logFile,
    signal: AbortSignal.abort(),
  });
  expect(found).toMatchObject({ outcome: 'cut off', exitCode: null });
});

it('says that there is no such program', async () => {
  await using scratch = await scratchDirectory();
  const part = { ...shell(''), command: '/nonexistent' };
  const run = { limitMs: LONG_MS, logFile: join(scratch.path, 'log'), signal: new AbortController().signal };
  expect(await runPart(part, run)).toMatchObject({ outcome: 'not started' });
});
