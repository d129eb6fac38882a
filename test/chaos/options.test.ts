import { describe, expect, it } from 'vitest';
import { lineUp } from '../../scripts/chaos/line-up.ts';
import { type ChaosOptions, helpText, readOptions } from '../../scripts/chaos/options.ts';
import { UsageError } from '../../scripts/flags/usage-error.ts';

describe('readOptions', () => {
  it('has defaults that make a full run', () => {
    const options = readOptions([]) as ChaosOptions;
    expect(options).toMatchObject({ seed: 1, swaps: 1000, jsonFile: undefined });
    expect(lineUp(options).map(({ name }) => name)).toEqual([...options.only]);
    expect(options.only).toHaveLength(8);
  });

  it('reads every flag that the help names', () => {
    const flags = [...helpText().matchAll(/^ {2}--(\S+)/gm)].map(([, name]) => `--${name}`);
    const values = (flag: string): string => (flag === '--only' ? 'kills, disk' : '3');
    expect(readOptions(flags.flatMap((flag) => [flag, values(flag)]))).toMatchObject({
      swaps: 3,
      only: ['kills', 'disk'],
      jsonFile: '3',
    });
    expect(readOptions(['--help'])).toBe('help');
  });

  it.each([['--swaps', '0'], ['--minutes', 'many'], ['--only', 'swaps,naps'], ['--nothing']])(
    'refuses %s %s',
    (...args) => {
      expect(() => readOptions(args)).toThrow(UsageError);
    },
  );
});
