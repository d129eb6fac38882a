import { describe, expect, it } from 'vitest';
import { helpText, readOptions } from '../../bench/swap/options.ts';
import { UsageError } from '../../scripts/flags/usage-error.ts';

describe('readOptions', () => {
  it('has defaults that make a full run', () => {
    expect(readOptions([])).toEqual({
      models: ['local://demo', 'local://demo-next'],
      device: 'cpu',
      mode: 'auto',
      size: undefined,
      work: undefined,
      isDryRun: false,
      swaps: 200,
      killEngines: 0,
      calmSeconds: 15,
      connections: 32,
      ratePerSecond: 0,
      jsonFile: undefined,
    });
  });

  it('reads every flag that the help names', () => {
    const flags = [...helpText().matchAll(/^ {2}--(\S+)/gm)].map(([, name]) => `--${name}`);
    const words: Record<string, string[]> = {
      '--mode': ['hold'],
      '--device': ['cuda'],
      '--size': ['base'],
      '--dry-run': [],
    };
    const given = flags.flatMap((flag, index) => [flag, ...(words[flag] ?? [String(index + 1)])]);
    expect(readOptions(given)).not.toBe('help');
    expect(readOptions(['--help'])).toBe('help');
  });

  it.each([
    ['--swaps', '0'],
    ['--swaps', 'many'],
    ['--rate', '-1'],
    ['--nothing'],
    ['--device', 'tpu'],
    ['--next', 'local://demo'],
  ])('refuses %s %s', (...args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
  });
});
