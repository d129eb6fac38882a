import { explain, type SettingName, settingGroups } from '../../config/settings.ts';
import { flagsOfSetting } from '../setting-flags.ts';
import { plain, wrapped } from './layout.ts';

const FLAG_WIDTH = 36;
const INDENT = 6;

/** What `rerankd help settings` prints: every setting, as a flag and as a variable, with its default. */
export function settingsHelp(): string {
  const groups = settingGroups.map(({ title, settings }) => `${title}:\n${settings.map(entry).join('\n')}`);
  return [
    'Every setting is an environment variable and a flag; a flag wins. --rerank-model says the same as --model.',
    ...groups,
  ].join('\n\n');
}

function entry(name: SettingName): string {
  const { defaultValue, description } = explain(name);
  const flag = `--${flagsOfSetting(name).at(-1)}`;
  return `  ${flag.padEnd(FLAG_WIDTH)} ${name} (${plain(defaultValue)})\n${wrapped(description, INDENT)}`;
}
