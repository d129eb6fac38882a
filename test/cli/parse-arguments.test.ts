import { describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { explainFlags } from '../../src/cli/flags.ts';
import { parseArguments } from '../../src/cli/parse-arguments.ts';
import { flagsOfSetting, settingNames } from '../../src/cli/setting-flags.ts';
import { ConfigError } from '../../src/config.ts';

const nameOf = (...args: readonly string[]): string => parseArguments(args).command.name;

describe('the command line', () => {
  it('has a flag for every setting', () => {
    expect(parseArguments(['--port', '9', '--rerank-models-dir=/m', 'serve'])).toEqual({
      command: expect.objectContaining({ name: 'serve' }),
      operands: [],
      settings: { PORT: '9', RERANK_MODELS_DIR: '/m' },
      flags: {},
    });
  });

  it('serves where no command is given', () => {
    expect(nameOf()).toBe('serve');
    expect(nameOf('--port', '9')).toBe('serve');
  });

  it('knows commands of two words', () => {
    expect(parseArguments(['cache', 'pin', 'local://demo'])).toMatchObject({
      command: { name: 'cache pin' },
      operands: ['local://demo'],
    });
  });

  it('asks for help with --help and -h, wherever they stand', () => {
    expect(parseArguments(['--help'])).toMatchObject({ command: { name: 'help' }, operands: [] });
    expect(parseArguments(['update', 'x', '-h'])).toMatchObject({
      command: { name: 'help' },
      operands: ['update', 'x'],
    });
  });

  it('takes - for standard input', () => {
    expect(parseArguments(['rerank', '--query', 'x', '-'])).toMatchObject({ operands: ['-'] });
  });

  it.each([
    [['--nope'], /--nope/],
    [['dance'], /"dance" is not a command\. There is: rerankd serve, /],
    [['cache'], /"cache" is not a command\. There is: rerankd cache ls, .*unpin REF\n/],
    [['compare', 'a'], /"rerankd compare" lacks its B: rerankd compare A B\nrerankd compare --help/],
    [['completion', 'tcsh'], /SHELL is one of bash, zsh, fish, not "tcsh"/],
    [['completion', 'bash', '--port', '9'], /--port is a setting of the server; "rerankd completion"/],
    [['rerank', '--query'], /--query/],
  ])('refuses what it does not know: %j', (args, message) => {
    expect(() => parseArguments(args)).toThrow(ConfigError);
    expect(() => parseArguments(args)).toThrow(message);
  });

  it('means the same by a flag wherever it is a switch or takes a value', () => {
    const kinds = new Map<string, Set<boolean>>(
      settingNames.flatMap(flagsOfSetting).map((flag) => [flag, new Set([true])]),
    );
    for (const { flag, placeholder } of commands.flatMap(({ flags }) => explainFlags(flags))) {
      const seen = kinds.get(flag) ?? new Set();
      kinds.set(flag, seen.add(placeholder !== undefined));
    }
    expect([...kinds].filter(([, seen]) => seen.size > 1)).toEqual([]);
  });

  it('shows a new reader nothing that would not be understood', () => {
    for (const { examples } of commands) {
      for (const { command } of examples) {
        const line = /rerankd (?<rest>[^|)]*)/.exec(command)?.groups?.['rest'] ?? '';
        const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
          ([, quoted, plain]) => quoted ?? plain ?? '',
        );
        expect(() => parseArguments(words)).not.toThrow();
      }
    }
  });
});
