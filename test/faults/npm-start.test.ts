import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { embeddedModels } from '../support/directories.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { testEnvironment } from '../support/test-environment.ts';
import { until } from '../support/until.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

it('a server ends in order when the shell is gone that npm started it by', async () => {
  const env = testEnvironment({
    PORT: '0',
    RERANK_MODELS_DIR: embeddedModels,
    RERANK_STATE_DIR: await temporaryDirectory(),
    LOG_FORMAT: 'json',
    npm_lifecycle_event: 'start',
  });
  // The second command keeps the shell from becoming the server.
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${main}"; true`], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  onTestFinished(() => {
    try {
      process.kill(-(shell.pid ?? 0), 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  });
  const messages: string[] = [];
  const lines = createInterface(shell.stdout);
  lines.on('line', (line) => void messages.push((JSON.parse(line) as { msg: string }).msg));
  await until('the server listens', () => messages.some((message) => message.includes('listens on')));
  shell.kill('SIGTERM');
  // The server holds the other end until it is gone.
  await once(lines, 'close');
  expect(messages.slice(-2)).toEqual(['the shell of npm has ended: finishing what is in flight', 'stopped']);
});
