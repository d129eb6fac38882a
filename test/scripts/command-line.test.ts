import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../scripts/synthesize/arguments.ts';
import { UsageError } from '../../scripts/synthesize/errors.ts';
import { helpText } from '../../scripts/synthesize/help.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const script = fileURLToPath(new URL('../../scripts/synthesize-checkpoint.ts', import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
const needed = ['--arch', 'bert', '--size', 'tiny', '--out', 'x'];

describe('the command line', () => {
  it('has defaults for what is not said', () => {
    expect(parseArguments(needed)).toEqual({
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
    expect(parseArguments([...needed, '--max-shard-size', given])?.maxShardBytes).toBe(bytes);
  });

  it.each([
    [['--arch', 'gpt2'], /--arch gpt2 is unknown: it is one of xlm-roberta, /],
    [['--arch', 'bert', '--size', 'huge'], /--size huge is unknown/],
    [['--arch', 'bert', '--size', 'tiny'], /--out is missing/],
    [[...needed, '--seed', '1.5'], /--seed 1\.5 is no whole number/],
    [[...needed, '--labels', '0'], /--labels 0 is no whole number from 1/],
    [[...needed, '--dtype', 'int8'], /--dtype int8 is unknown/],
    [[...needed, '--max-shard-size', '0GB'], /--max-shard-size 0GB is no size/],
    [[...needed, '--max-shard-size', '5 apples'], /is no size/],
    [[...needed, '--colour'], /--colour/],
    [[...needed, 'more'], /more/],
  ])('refuses %j', (args, message) => {
    expect(() => parseArguments(args)).toThrow(UsageError);
    expect(() => parseArguments(args)).toThrow(message);
  });

  it('names the sizes that there are where one is missing', () => {
    expect(() => parseArguments(['--arch', 'distilbert', '--size', 'large', '--out', 'x'])).toThrow(
      'There is no large distilbert: the sizes of distilbert are tiny, base.',
    );
  });

  it('has help that names each family and each flag', () => {
    expect(parseArguments(['--help'])).toBeUndefined();
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
      'checkpoint:synthesize: --size is missing: it is one of tiny, minilm, base, large\nSay --help for all flags.\n',
    );
  });
});
