import { z } from 'zod';
import { ConfigError } from '../../config.ts';
import type { CommandLine } from '../command-line.ts';
import { commandHelp } from '../help/command-help.ts';
import { overview } from '../help/overview.ts';
import { settingsHelp } from '../help/settings-help.ts';

export const helpCommand: CommandLine = {
  name: 'help',
  summary: 'explain a command, or all settings: "help update", "help settings"',
  about: 'The same as --help behind the command.',
  operands: [
    { name: 'TOPIC', optional: true },
    { name: 'WORD', optional: true },
  ],
  flags: z.object({}),
  settings: 'none',
  examples: [
    { command: 'rerankd help settings', says: 'every setting, with its default' },
    { command: 'rerankd help cache prune', says: 'the flags of one command' },
  ],
  run: async ({ operands }, { commands }) => helpOn(operands, commands),
};

/** Whatever stands behind a command is no reason to refuse: somebody typed --help at the end of a whole line. */
function helpOn(words: readonly string[], commands: readonly CommandLine[]): string {
  const [first, second] = words;
  if (first === undefined) return overview(commands);
  if (first === 'settings') return settingsHelp();
  const found = commands.filter(({ name }) => name === first || name === `${first} ${second}`);
  const family = found.length > 0 ? found : commands.filter(({ name }) => name.split(' ')[0] === first);
  if (family.length > 0) return family.map(commandHelp).join('\n\n');
  throw new ConfigError(`there is no help on "${first}"\nrerankd --help lists the commands.`);
}
