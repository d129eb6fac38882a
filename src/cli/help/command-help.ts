import { type CommandLine, usageOf } from '../command-line.ts';
import { explainFlags } from '../flags.ts';
import { flagsOfSetting, settingsIn } from '../setting-flags.ts';
import { firstSettings } from './first-settings.ts';
import { row, wrapped } from './layout.ts';

const COLUMN = 32;

/** What `rerankd COMMAND --help` prints. */
export function commandHelp(command: CommandLine): string {
  const { summary, about, examples } = command;
  const flags = explainFlags(command.flags).map(({ flag, placeholder, description }) =>
    row(`--${flag}${placeholder === undefined ? '' : ` ${placeholder}`}`, description, COLUMN),
  );
  return [
    `rerankd ${usageOf(command)}: ${summary}`,
    wrapped(about, 0),
    ...(flags.length === 0 ? [] : [`Flags:\n${flags.join('\n')}`]),
    ...settingsLines(command),
    `For example:\n${examples.map((example) => `  ${example.command}\n${wrapped(example.says, 6)}`).join('\n')}`,
  ].join('\n\n');
}

function settingsLines({ name, settings }: CommandLine): string[] {
  if (settings === 'none') return [];
  if (name === 'serve')
    return [`The settings to begin with ("rerankd help settings" has all):\n${firstSettings()}`];
  if (settings === 'all')
    return ['Every setting is a flag too, such as --state-dir: "rerankd help settings".'];
  const flags = settingsIn(settings).map((setting) => `--${flagsOfSetting(setting).at(-1)}`);
  return [`Of the settings it takes ${flags.join(', ')}.`];
}
