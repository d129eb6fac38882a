import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Check, ok, problem } from '../../../src/commands/doctor/check.ts';
import { examine, worstOf } from '../../../src/commands/doctor/examine.ts';
import { formatExamination } from '../../../src/commands/doctor/format-examination.ts';
import { embeddedModels } from '../../support/directories.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { patient } from '../../support/patient.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { testEnvironment } from '../../support/test-environment.ts';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

const fine: Check = { name: 'fine', look: async () => [ok('all good')] };
const failing: Check = { name: 'failing', look: () => Promise.reject(new Error('no such disk')) };
const hanging: Check = { name: 'hanging', timeoutMs: 500, look: () => new Promise(() => {}) };

describe('rerankd doctor', () => {
  it('ends in time, whatever hangs or fails, and shows things in their order', async () => {
    const clock = new ManualClock();
    const examining = examine([hanging, fine, failing], patient(), clock);
    clock.advance(500);
    const found = await examining;
    expect(found.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'hanging problem',
      'fine ok',
      'failing problem',
    ]);
    expect(formatExamination(found, false)).toMatchInlineSnapshot(`
      "problem  hanging             no result after 0.5 s
                                   Something hangs: a disk, a driver or a name server.
      ok       fine                all good
      problem  failing             could not be looked at: no such disk
                                   The message says what failed.

      2 problems, 0 warnings"
    `);
  });

  it('is as bad as the worst that it found', () => {
    expect(worstOf([])).toBe('ok');
    expect(worstOf([ok('a'), problem('b', 'c'), ok('d')])).toBe('problem');
    expect(formatExamination([{ name: 'a', ...ok('b') }], true)).toContain('\u001B[32mok');
  });

  it('shows under a finding what to do, and what else is known', () => {
    const finding = { name: 'a', ...problem('b', 'mend it'), details: ['driver: none', 'two\nlines'] };
    expect(
      formatExamination([finding], false)
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual([
      expect.stringMatching(/^problem +a +b$/),
      'mend it',
      '· driver: none',
      '· two lines',
      '',
      '1 problem, 0 warnings',
    ]);
  });

  const rerankd = (
    args: readonly string[],
    settings: Readonly<Record<string, string>>,
  ): Promise<{ code: number; stdout: string }> =>
    new Promise((resolve) => {
      const env = testEnvironment({ RERANK_MODELS_DIR: embeddedModels, ...settings });
      execFile(process.execPath, [main, 'doctor', ...args], { env }, (error, stdout) =>
        resolve({ code: Number(error?.code ?? 0), stdout }),
      );
    });

  it('finds this machine well, and leaves it as it was', async () => {
    const state = await temporaryDirectory();
    const settings = { RERANK_STATE_DIR: join(state, 'data'), PORT: '0', HF_HUB_CACHE: join(state, 'hub') };
    const { code, stdout } = await rerankd(['--json'], settings);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; message: string }[] };
    expect(checks.find(({ name }) => name === 'ONNX Runtime')).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/^version \d+\.\d+\.\d+ computes on cpu/),
    });
    expect(checks.find(({ name }) => name === 'tokenizers')).toMatchObject({ status: 'ok' });
    expect(checks.filter(({ status }) => status === 'problem')).toEqual([]);
    expect(code).toBe(0);
    expect(await readdir(state)).toEqual([]);
  });

  it('exits with 1 where there is a problem', async () => {
    const settings = { RERANK_STATE_DIR: await temporaryDirectory(), RERANK_THREADS: 'many', PORT: '0' };
    const { code, stdout } = await rerankd(['--model', 'local://nowhere'], settings);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^problem +settings +RERANK_THREADS="many" must be auto/m);
    expect(stdout).toMatch(/^problem +model +local:\/\/nowhere: there is no model/m);
    expect(stdout).toMatch(/\n2 problems, /);
  });
});
