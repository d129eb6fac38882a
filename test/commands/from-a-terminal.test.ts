import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failedChecks, operationReport, success } from '../support/operation-reports.ts';
import {
  events,
  eventText,
  json,
  openEvents,
  type Script,
  ScriptedServer,
} from '../support/scripted-server.ts';
import { testEnvironment } from '../support/test-environment.ts';
import { until } from '../support/until.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** `rerankd`, as somebody runs it. */
class RunningCommand {
  stdout = '';
  stderr = '';
  readonly exit: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[], settings: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [main, ...args], {
      env: testEnvironment(settings),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.exit = once(this.#child, 'close').then(([code]) => code as number | null);
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }
}

const accepted = json(202, { status: 'running', operation: operationReport() });

async function rerankd(script: Script, ...args: readonly string[]) {
  const server = await ScriptedServer.start(script);
  const command = new RunningCommand([...args, '--url', server.url], { RERANK_ADMIN_KEY: 'secret' });
  return { server, command };
}

describe('rerankd at a running server', () => {
  it('updates it, and exits with 0', async () => {
    const { server, command } = await rerankd(
      { 'POST /update': accepted, 'GET /update/op-1/events': events(success) },
      'update',
      'local://next',
      '--dtype',
      'int8',
    );
    expect(await command.exit).toBe(0);
    expect(command.stdout).toMatch(/^update +local:\/\/next\noutcome +succeeded/);
    expect(command.stderr).toContain(`"rerankd rollback --url ${server.url}" goes back`);
    expect(server.seen[0]).toMatchObject({
      body: { model_path: 'local://next', dtype: 'int8' },
      headers: { authorization: 'Bearer secret' },
    });
  });

  it('exits with 1 and the reason when the model is rejected', async () => {
    const rejected = operationReport({
      status: 'failed',
      checks: failedChecks,
      error: 'Kendall tau is 0.912',
    });
    const { command } = await rerankd(
      { 'POST /update': accepted, 'GET /update/op-1/events': events(rejected) },
      'update',
      'local://next',
    );
    expect(await command.exit).toBe(1);
    expect(command.stdout).toMatch(/agreement +FAILED/);
    expect(command.stderr).toMatch(/\nrerankd: the update was rejected; .*\nKendall tau is 0\.912\n$/);
  });

  it('cancels at the first Ctrl-C and leaves at the second', async () => {
    const { server, command } = await rerankd(
      {
        'POST /update': accepted,
        'GET /update/op-1/events': (response) => {
          openEvents(response);
          response.write(eventText('operation', operationReport({ phase: 'compile' })));
        },
        'DELETE /update/op-1': () => {},
      },
      'update',
      'local://next',
    );
    await until('it follows', () => command.stderr.includes('compile'));
    command.interrupt();
    await until('the server is asked to cancel', () => server.asked.includes('DELETE /update/op-1'));
    command.interrupt();
    expect(await command.exit).toBe(130);
    expect(command.stderr).toMatch(/left; the server may go on/);
  });

  it('says on one line what is wrong with an address, a key or a flag', async () => {
    const server = await ScriptedServer.start({});
    const { url } = server;
    await server.stop();
    const nobody = new RunningCommand(['status', '--url', url]);
    const wrong = new RunningCommand(['status', '--url', 'nowhere']);
    expect(await nobody.exit).toBe(1);
    expect(nobody.stderr).toMatch(/^rerankd: nothing listens at http:.*\nIs the server running\?/);
    expect(await wrong.exit).toBe(2);
    expect(wrong.stderr).toMatch(/^rerankd: --url: "nowhere" is no address/);
  });

  it('shows the state of a server', async () => {
    const { command } = await rerankd(
      { 'GET /info': json(200, { version: '9', current: { model: 'local://demo', digest: 'sha256:ab' } }) },
      'status',
    );
    expect(await command.exit).toBe(0);
    expect(command.stdout).toMatch(/version 9[\s\S]*model +local:\/\/demo\n/);
  });
});
