import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { embeddedModels } from '../../support/directories.ts';
import { startService } from '../../support/running-service.ts';
import { json, type Script, ScriptedServer, type Seen } from '../../support/scripted-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { testEnvironment } from '../../support/test-environment.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

const documents =
  'Yeast makes bread rise.\nTides are caused by the pull of the moon.\n\nThe moon has craters.\n';
const best = 'Tides are caused by the pull of the moon.';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function ended(
  command: string,
  args: readonly string[],
  input: string,
  options: SpawnOptionsWithoutStdio,
): Promise<Ended> {
  const child = spawn(command, args, options);
  onTestFinished(() => void child.kill('SIGKILL'));
  // It may end before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = new Promise<number | null>((resolve) => void child.on('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

const environment = (settings: Readonly<Record<string, string>> = {}) =>
  testEnvironment({ RERANK_MODELS_DIR: embeddedModels, ...settings });

const rerank = (
  args: readonly string[],
  input = documents,
  settings: Readonly<Record<string, string>> = {},
) =>
  ended(process.execPath, [main, 'rerank', '--query', 'What causes the tides?', ...args], input, {
    env: environment(settings),
  });

/** Scores a document by the number in it. */
const answering =
  (digest: (turn: number) => string) =>
  (response: Parameters<ReturnType<typeof json>>[0], { body }: Seen): void => {
    const { documents: asked } = body as { documents: string[] };
    turns += 1;
    response
      .writeHead(200, { 'content-type': 'application/json', 'x-model-digest': digest(turns) })
      .end(JSON.stringify({ scores: asked.map(Number), results: [] }));
  };
let turns = 0;

async function scripted(script: Script): Promise<ScriptedServer> {
  turns = 0;
  return await ScriptedServer.start(script);
}

describe('rerankd rerank', () => {
  it('asks a server, and prints the best document first', async () => {
    await using server = await startService({ RERANK_API_KEY: 'geheim' });
    const url = `http://127.0.0.1:${server.service.port}`;
    const plain = await rerank(['--url', url, '--api-key', 'geheim']);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toBe(`${best}\nThe moon has craters.\nYeast makes bread rise.\n`);

    const file = join(await temporaryDirectory(), 'documents.txt');
    await writeFile(file, documents);
    const scored = await rerank(['--url', url, '--api-key', 'geheim', '--scores', '--top-n', '1', file], '');
    expect(scored.stdout).toMatch(/^0\.98\d+\tTides are caused by the pull of the moon\.\n$/);

    const refused = await rerank(['--url', url]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/No key was sent: set RERANK_API_KEY \(or --api-key\)/);
  });

  it('loads the model itself, with the same scores, and says nothing but the result into a pipe', async () => {
    await using server = await startService();
    const asked = await rerank([
      '--url',
      `http://127.0.0.1:${server.service.port}`,
      '--json',
      '--raw-scores',
    ]);
    const state = { RERANK_STATE_DIR: await temporaryDirectory(), RERANK_DEVICE: 'auto' };
    const here = await rerank(['--model', 'local://demo', '--json', '--raw-scores'], documents, state);
    expect(here).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(here.stdout)).toEqual(JSON.parse(asked.stdout));
    expect(JSON.parse(here.stdout)[0]).toMatchObject({ text: best, index: 1 });
  });

  it('loads the model where nobody listens, and says so', async () => {
    const server = await scripted({});
    const { port } = new URL(server.url);
    await server.stop();
    const settings = { RERANK_STATE_DIR: await temporaryDirectory(), PORT: port };
    const { code, stdout, stderr } = await rerank(['--top-n', '1'], documents, settings);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${best}\n` });
    expect(stderr).toBe(`rerankd: nothing listens at http://127.0.0.1:${port}; loading local://demo here\n`);
    // Who names a server means that one.
    expect(await rerank(['--port', port])).toMatchObject({ code: 1, stdout: '' });
  });

  it('passes the fields of objects on', async () => {
    const server = await scripted({ 'POST /rerank': answering(() => 'sha256:a') });
    const lines = '{"text":"1","id":"x"}\n{"text":"2","id":"y"}\n';
    const { stdout } = await rerank(['--url', server.url, '--raw-scores'], lines);
    expect(stdout).toBe(
      '{"text":"2","id":"y","index":1,"relevance_score":2}\n{"text":"1","id":"x","index":0,"relevance_score":1}\n',
    );
  });

  it('asks in several requests, and never mixes the scores of two models', async () => {
    const server = await scripted({
      'POST /rerank': answering((turn) => (turn === 1 ? 'sha256:old' : 'sha256:new')),
    });
    const numbers = Array.from({ length: 2500 }, (_, index) => `${index}`).join('\n');
    const { stdout } = await rerank(
      ['--url', server.url, '--raw-scores', '--top-n', '2', '--scores'],
      numbers,
    );
    expect(stdout).toBe('2499\t2499\n2498\t2498\n');
    // The second one told of another model: all three are asked again.
    expect(server.seen).toHaveLength(5);
  });

  it('waits as long as a busy server asks it to', async () => {
    const busy = json(429, { message: 'busy', error_type: 'overloaded' }, { 'retry-after': '0' });
    const server = await scripted({ 'POST /rerank': [busy, answering(() => 'sha256:a')] });
    expect(await rerank(['--url', server.url], '1\n2\n')).toMatchObject({ code: 0, stdout: '2\n1\n' });
  });

  it('has nothing to do without documents', async () => {
    const server = await scripted({});
    expect(await rerank(['--url', server.url], '\n')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await rerank(['--url', server.url, '--json'], '')).toMatchObject({ stdout: '[]\n' });
    expect(server.seen).toEqual([]);
  });

  it('ends quietly when whoever reads has seen enough', async () => {
    const server = await scripted({ 'POST /rerank': answering(() => 'sha256:a') });
    const script = `set -o pipefail; seq 1 200000 | "$0" "$1" rerank --query x --url ${server.url} | head -n 1`;
    const shell = await ended('bash', ['-c', script, process.execPath, main], '', { env: environment() });
    expect(shell).toEqual({ code: 0, stdout: '200000\n', stderr: '' });
  });

  it.each([
    [[], 1, /did not answer with a score for each document/],
    [['/nowhere/at/all'], 1, /\/nowhere\/at\/all can't be read/],
    [['--json', '--jsonl'], 2, /--json: choose between it and --jsonl/],
    [['--model', 'x'], 2, /--model: it is loaded here/],
    [['--dtype', 'int8'], 2, /--dtype is a setting of the server/],
    [['--top-n', '0'], 2, /--top-n: must be at least 1/],
    [['--field', ' , '], 2, /--field/],
  ])('says what is wrong with %j', async (args, code, message) => {
    const server = await scripted({ 'POST /rerank': json(200, { scores: [1] }) });
    const result = await rerank(['--url', server.url, ...args]);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
  });

  it('asks for a query', async () => {
    const options = { env: environment() };
    const { code, stderr } = await ended(process.execPath, [main, 'rerank'], '', options);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--query/);
  });
});
