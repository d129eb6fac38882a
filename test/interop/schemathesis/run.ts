/**
 * Schemathesis against a real server: `npm run test:schemathesis`. It makes requests out of the OpenAPI document, valid ones and
 * others, and holds every answer against it. What comes after `--` is handed to it: `npm run test:schemathesis -- --seed 7`.
 *
 * Where PyPI does not answer it is skipped, and says so.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startService } from '../../support/running-service.ts';
import { PythonEnvironment } from '../python-environment.ts';
import { runProgram } from '../run-program.ts';

const DIRECTORY = fileURLToPath(new URL('.', import.meta.url));

/** For all phases together. */
const SECONDS = 120;

const MOST_MS = (SECONDS + 120) * 1000;

/** Checks that know nothing of what this server means to do. */
const LEFT_OUT = [
  // Who sends many wrong keys gets 429 instead of 401. test/integration/openapi.test.ts asks every route without a key and with
  // a wrong one.
  'ignored_auth',
  // DELETE /update/{id} gives an operation up. What became of it can still be asked.
  'use_after_free',
];

/** Nothing may be left in the repository. */
const QUIET = {
  HYPOTHESIS_STORAGE_DIRECTORY: join(tmpdir(), 'rerankd-hypothesis'),
  NO_PROXY: '127.0.0.1',
  PYTHONDONTWRITEBYTECODE: '1',
};

const environment = new PythonEnvironment('schemathesis', `${DIRECTORY}requirements.txt`);
const missing = await environment.install();
if (missing === undefined) process.exitCode = await run();
else console.log(`skipped: ${missing}`);

async function run(): Promise<number> {
  await using server = await startService({
    RERANK_API_KEY: 'api',
    RERANK_ADMIN_KEY: 'admin',
    RERANK_ENGINES: '1',
    HF_HUB_OFFLINE: '1',
  });
  const argv = [
    'run',
    `${server.client.url}/openapi.json`,
    '--checks',
    'all',
    '--exclude-checks',
    LEFT_OUT.join(','),
  ];
  const terms = ['--header', 'Authorization: Bearer admin', '--max-time', String(SECONDS), '--seed', '1'];
  const { code, stdout, stderr } = await runProgram(
    environment.program('schemathesis'),
    [...argv, ...terms, '--no-color', ...process.argv.slice(2)],
    { cwd: DIRECTORY, env: QUIET, timeoutMs: MOST_MS },
  );
  console.log(stdout.trim());
  if (stderr.trim() !== '') console.error(stderr.trim());
  return code;
}
