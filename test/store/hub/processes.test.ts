import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { seededContent } from '../../support/fake-hub/content.ts';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { checkpointFiles } from '../../support/hub/repositories.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, '../../support/hub/fetch-in-process.ts');
const WEIGHT_BYTES = 8 * 2 ** 20;

it('four processes that want one model fetch it once', async () => {
  await using hub = await startFakeHub();
  const commit = hub.repository('org/name').commit(checkpointFiles(seededContent('weights', WEIGHT_BYTES)));
  const base = await temporaryDirectory();
  const fetched = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const places = [join(base, 'cache'), join(base, 'state')];
      const { stdout } = await run(process.execPath, [PROGRAM, hub.origin, ...places, 'org/name']);
      return JSON.parse(stdout) as { reference: string; directory: string };
    }),
  );
  expect(new Set(fetched.map(({ reference }) => reference))).toEqual(new Set([`hf://org/name@${commit}`]));
  expect(new Set(fetched.map(({ directory }) => directory)).size).toBe(1);
  const sent = hub.requests.all.filter(({ path }) => !path.startsWith('/api/'));
  expect(sent.reduce((sum, { bytesSent }) => sum + bytesSent, 0)).toBeLessThanOrEqual(1.1 * WEIGHT_BYTES);
});
