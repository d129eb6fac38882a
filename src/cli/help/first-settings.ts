import { explain, type SettingName } from '../../config/settings.ts';
import { flagsOfSetting } from '../setting-flags.ts';
import { plain, row } from './layout.ts';

/** The settings to begin with. */
const FIRST: readonly SettingName[] = [
  'HOST',
  'PORT',
  'RERANK_MODEL',
  'RERANK_MODELS_DIR',
  'RERANK_STATE_DIR',
  'RERANK_DTYPE',
  'RERANK_API_KEY',
  'RERANK_ADMIN_KEY',
];

const COLUMN = 24;

/** A line for each of the settings to begin with. */
export function firstSettings(): string {
  return FIRST.map((name) => {
    const { defaultValue, description } = explain(name);
    return row(
      `--${flagsOfSetting(name).at(-1)}`,
      `${description} (${name}, ${plain(defaultValue)})`,
      COLUMN,
    );
  }).join('\n');
}
