import { describe, expect, it } from 'vitest';
import { helpText, readOptions } from '../../../bench/serve/options.ts';
import { UsageError } from '../../../scripts/flags/usage-error.ts';

describe('readOptions', () => {
  it('has defaults that make a full run', () => {
    expect(readOptions([])).toEqual({
      only: ['uniform', 'mixed', 'docs', 'concurrency', 'single', 'overload', 'idle', 'engines', 'memory'],
      contenders: ['rerankd-int8', 'rerankd-fp32', 'naive-node', 'python', 'cross-encoder'],
      rounds: 3,
      seconds: 10,
      size: 'base',
      mostDocuments: 10_000,
      python: undefined,
      work: undefined,
      name: undefined,
      jsonFile: undefined,
    });
  });

  it('takes names with commas, each once', () => {
    const options = readOptions(['--only', 'mixed,idle,mixed', '--contenders', 'python']);
    expect(options).toMatchObject({ only: ['mixed', 'idle'], contenders: ['python'] });
  });

  it('names every flag and every scenario in its help', () => {
    const help = helpText();
    for (const name of ['--only', '--python', '--rounds', '--json', '--size', 'overload', 'memory']) {
      expect(help).toContain(name);
    }
    expect(readOptions(['--help'])).toBe('help');
  });

  it.each([
    ['--rounds', '0'],
    ['--seconds', 'many'],
    ['--only', 'everything'],
    ['--contenders', ''],
    ['--size', 'huge'],
    ['--nothing'],
  ])('refuses %s %s', (...args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
  });
});
