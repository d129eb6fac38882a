import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  anyText,
  filePath,
  given,
  listOf,
  namesOf,
  oneOf,
  optional,
  orNone,
  wholeNumber,
} from '../../../scripts/flags/kinds.ts';
import { helpText } from '../../../scripts/flags/manual.ts';
import { readFlags } from '../../../scripts/flags/read-flags.ts';
import { UsageError } from '../../../scripts/flags/usage-error.ts';

const flags = {
  out: { kind: filePath, isOperand: true, help: 'where to' },
  rounds: { kind: wholeNumber(1, 9), default: '3', help: 'times' },
  size: { kind: oneOf(['tiny', 'base']), default: 'base', help: 'of the model' },
  only: { kind: namesOf(['speed', 'load']), default: 'speed', help: 'parts' },
  limits: { kind: listOf(wholeNumber(0)), default: '0,50', help: 'one after the other' },
  into: { kind: optional(filePath), help: 'a folder' },
  json: { kind: orNone(filePath), help: 'a file' },
  name: { kind: anyText, default: '', help: 'of the results' },
  'dry-run': { kind: given, help: 'computes nothing' },
} as const;

const defaults = {
  out: 'here',
  rounds: 3,
  size: 'base',
  only: ['speed'],
  limits: [0, 50],
  into: undefined,
  json: undefined,
  name: '',
  'dry-run': false,
};

describe('readFlags', () => {
  it('has a value of its kind for every flag', () => {
    const values = readFlags(flags, ['here']);
    expect(values).toEqual(defaults);
    if (values === 'help') return;
    expectTypeOf(values.rounds).toEqualTypeOf<number>();
    expectTypeOf(values.size).toEqualTypeOf<'tiny' | 'base'>();
    expectTypeOf(values.into).toEqualTypeOf<string | undefined>();
  });

  it('reads what is given, in any order', () => {
    const args = '--rounds 9 --only load,speed,load --limits 5,5 --into a b --dry-run --size=tiny'.split(' ');
    expect(readFlags(flags, args)).toEqual({
      ...defaults,
      out: 'b',
      rounds: 9,
      size: 'tiny',
      only: ['load', 'speed'],
      limits: [5, 5],
      into: 'a',
      'dry-run': true,
    });
  });

  it('takes an empty flag for none only where that is meant', () => {
    expect(readFlags(flags, ['here', '--json', ''])).toMatchObject({ json: undefined });
    expect(() => readFlags(flags, ['here', '--into', ''])).toThrow('--into must be a path, not ""');
  });

  it.each([
    [[], 'OUT is missing: it must be a path'],
    [['a', 'b'], '"b" is one argument too many'],
    [['a', '--rounds', '10'], '--rounds must be a whole number from 1 to 9, not "10"'],
    [['a', '--rounds', '1.5'], '--rounds must be a whole number'],
    [['a', '--size', 'huge'], '--size must be one of tiny, base, not "huge"'],
    [['a', '--only', 'load,'], '--only must be one of speed, load, or several with commas between them'],
    [['a', '--limits', '50,'], '--limits must be'],
    [['a', '--dry-run=1'], "'--dry-run' does not take an argument"],
    [['a', '--nothing'], "Unknown option '--nothing'"],
    [['a', '--rounds'], "Option '--rounds <value>' argument missing"],
  ])('refuses %j', (args, message) => {
    expect(() => readFlags(flags, args)).toThrow(UsageError);
    expect(() => readFlags(flags, args)).toThrow(message);
  });

  it('is asked for help whatever is missing', () => {
    expect(readFlags(flags, ['--help'])).toBe('help');
    expect(readFlags(flags, ['-h', '--rounds', 'many'])).toBe('help');
  });
});

it('the help has a line for every flag, with its default', () => {
  const help = helpText({ usage: 'npm run x -- OUT', about: 'Does it.', flags, more: 'That is all.' });
  expect(help).toMatch(
    /^Usage: npm run x -- OUT\n\nDoes it\.\n\n {2}OUT {9}where to\n {2}--rounds {4}times \(3\)\n/,
  );
  expect(help).toMatch(/ {2}--dry-run {3}computes nothing\n\nThat is all\.\n$/);
});
