import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../scripts/flags/usage-error.ts';
import { helpText, readArguments } from '../../scripts/synthesize/arguments.ts';
import { type CheckpointRequest } from '../../scripts/synthesize/request.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const script = fileURLToPath(new URL('../../scripts/synthesize-checkpoint.ts', import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
const needed = ['--arch', 'bert', '--size', 'tiny', '--out', 'x'];

describe('the command line', () => {
  it('has defaults for what is not said', () => {
    expect(readArguments(needed)).toEqual({
      architecture: 'bert',
      size: 'tiny',
      directory: 'x',
      seed: 0,
      dtype: 'fp32',
      labels: 1,
      maxShardBytes: 50e9,
      force: false,
    });
  });

  it.each([
    ['500MB', 500e6],
    ['1GB', 1e9],
    ['2GiB', 2 ** 31],
    ['1.5 kb', 1500],
  ])('takes %s for a size', (given, bytes) => {
    const request = readArguments([...needed, '--max-shard-size', given]) as CheckpointRequest;
    expect(request.maxShardBytes).toBe(bytes);
  });

  it.each([
    [['--arch', 'gpt2'], /--arch must be one of xlm-roberta, .*, not "gpt2"/],
    [['--arch', 'bert', '--size', 'huge'], /--size must be one of tiny, .*, not "huge"/],
    [['--arch', 'bert', '--size', 'tiny'], /--out is missing/],
    [[...needed, '--seed', '1.5'], /--seed must be a whole number from 0, not "1\.5"/],
    [[...needed, '--labels', '0'], /--labels must be a whole number from 1 to 1000, not "0"/],
    [[...needed, '--dtype', 'int8'], /--dtype must be one of .*, not "int8"/],
    [[...needed, '--max-shard-size', '0GB'], /--max-shard-size must be a number and a unit, .*, not "0GB"/],
    [[...needed, '--max-shard-size', '5 apples'], /a number and a unit/],
    [[...needed, '--colour'], /--colour/],
    [[...needed, 'more'], /more/],
  ])('refuses %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(UsageError);
    expect(() => readArguments(args)).toThrow(message);
  });

  it('names the sizes that there are where one is missing', () => {
    expect(() => readArguments(['--arch', 'distilbert', '--size', 'large', '--out', 'x'])).toThrow(
      'There is no large distilbert: the sizes of distilbert are tiny, base.',
    );
  });

  it('has help that names each family and each flag', () => {
    expect(readArguments(['--help'])).toBe('help');
    for (const word of ['xlm-roberta', '--max-shard-size', '--force', 'large 568']) {
      expect(helpText()).toContain(word);
    }
  });

  it('writes a checkpoint and says so in plain lines where there is no terminal', async () => {
    const directory = join(await temporaryDirectory(), 'model');
    const { status, stdout, stderr } = run('--arch', 'distilbert', '--size', 'tiny', '--out', directory);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines.at(0)).toBe(`Writing distilbert, tiny, to ${directory} …`);
    expect(lines.at(-1)).toMatch(/^Wrote 6 files, [\d,]+ bytes, [\d,]+ parameters in [\d.]+ s to /);
    expect(stderr).not.toContain('\r');
    expect(await readdir(directory)).toContain('config.json');
  });

  it('ends with 2 when it is wrong', () => {
    const { status, stderr } = run('--arch', 'bert');
    expect(status).toBe(2);
    expect(stderr).toBe(
      'checkpoint:synthesize: --size is missing: it must be one of tiny, minilm, base, large\n--help lists the flags.\n',
    );
  });
});
