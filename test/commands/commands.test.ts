import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchDirectory } from '../support/directories.ts';
import { goldenRoot } from '../support/golden.ts';
import { startService } from '../support/running-service.ts';
import { testEnvironment } from '../support/test-environment.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const bert = join(goldenRoot, 'bert');

describe('the commands', () => {
  let scratch: Awaited<ReturnType<typeof scratchDirectory>>;
  beforeEach(async () => {
    scratch = await scratchDirectory();
  });
  afterEach(() => scratch[Symbol.asyncDispose]());

  /** Runs `rerankd` as a process of its own. */
  const rerankd = (...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const env = testEnvironment({
        RERANK_STATE_DIR: join(scratch.path, 'state'),
        RERANK_ENGINES: '1',
        RERANK_DEVICE: 'cpu',
      });
      execFile(process.execPath, [main, ...args], { env, cwd: scratch.path }, (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      });
    });

  it('compile ahead of time what a server then finds, even after it has cleaned up', async () => {
    const { code, stdout } = await rerankd('compile', bert, '--dtype', 'int8');
    expect(code).toBe(0);
    expect(stdout).toMatch(/bert is ready to be served: int8/);
    const stateDirectory = join(scratch.path, 'state');
    // This start serves the demo, and deletes whatever nobody asked for.
    await using first = await startService({ RERANK_STATE_DIR: stateDirectory });
    await first[Symbol.asyncDispose]();
    await using server = await startService({
      RERANK_STATE_DIR: stateDirectory,
      RERANK_MODELS_DIR: goldenRoot,
      RERANK_MODEL: 'local://bert',
      RERANK_DTYPE: 'int8',
      RERANK_DEVICE: 'cpu',
    });
    expect(server.log.find(/compiling/)).toBeUndefined();
  });

  it('take a directory from anywhere: relative, linked, outside of the models', async () => {
    await cp(bert, join(scratch.path, 'mine'), { recursive: true });
    await mkdir(join(scratch.path, 'links'));
    await symlink(join(scratch.path, 'mine'), join(scratch.path, 'links/bert'));
    for (const path of ['mine', './mine', 'links/bert']) {
      expect(await rerankd('compile', path, '--rerank-dtype', 'fp32')).toMatchObject({ code: 0 });
    }
  });

  it('compare two dtypes of a model, as a table and as JSON', async () => {
    const set = join(scratch.path, 'set.jsonl');
    await writeFile(
      set,
      '{"query":"water","documents":["Water boils.","Stone."]}\n{"query":"sun","documents":["The sun.","Rain."]}\n',
    );
    const args = [
      'compare',
      bert,
      bert,
      '--reference-dtype',
      'fp32',
      '--candidate-dtype',
      'int8',
      '--set',
      set,
    ];
    const asTable = await rerankd(...args);
    expect(asTable).toMatchObject({ code: 0 });
    expect(asTable.stdout).toMatch(/Kendall tau, mean/);
    expect(asTable.stdout).toMatch(/bert \(int8\)/);
    const asJson = await rerankd(...args, '--json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      queries: 2,
      documents: 4,
      nonFinite: { candidate: 0 },
    });
  });

  it.each([
    [['compile', '/nowhere/at/all'], 1, /leads outside|no model/],
    [['compile'], 2, /"rerankd compile" lacks its DIR/],
    [['compile', bert, '--json'], 2, /--json is a flag of .*"rerankd compare", .* not of "rerankd compile"/],
    [['compare', bert], 2, /lacks its B/],
    [['compare', bert, bert, '--threshold', '7'], 2, /--threshold/],
    [['compare', bert, bert, '--reference-dtype', 'int3'], 2, /--reference-dtype/],
    [['compare', bert, bert, '--set', '/nowhere.json'], 1, /nowhere\.json/],
    [
      ['frobnicate'],
      2,
      /rerankd serve, rerankd rerank \[FILE\], .*rerankd compile DIR, .*rerankd compare A B/,
    ],
  ])('say what is wrong with %j', async (args, code, message) => {
    const result = await rerankd(...args);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(message);
    expect(result.stdout).toBe('');
  });
});
