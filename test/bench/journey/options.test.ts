import { describe, expect, it } from 'vitest';
import { helpText, readOptions } from '../../../bench/journey/options.ts';
import { UsageError } from '../../../scripts/flags/usage-error.ts';

describe('readOptions', () => {
  it('has defaults that make a full run', () => {
    expect(readOptions([])).toMatchObject({
      only: ['download', 'travel'],
      size: 'large',
      limits: [undefined, 50],
      keep: false,
      work: undefined,
    });
  });

  it('reads every flag that the help names', () => {
    const flags = [...helpText().matchAll(/^ {2}--(\S+)/gm)].map(([, name]) => `--${name}`);
    const values: Record<string, string[]> = { '--only': ['travel'], '--size': ['tiny'], '--keep': [] };
    const given = flags.flatMap((flag) => [flag, ...(values[flag] ?? ['7'])]);
    expect(readOptions(given)).toMatchObject({ only: ['travel'], size: 'tiny', rounds: 7, keep: true });
    expect(readOptions(['--help'])).toBe('help');
  });

  it.each([['--rounds', '0'], ['--limits', '50,'], ['--only', 'nothing'], ['--size', 'huge'], ['--nothing']])(
    'refuses %s %s',
    (...args) => {
      expect(() => readOptions(args)).toThrow(UsageError);
    },
  );
});
