import { type SettingName, settings } from '../config/settings.ts';
import type { Completes } from './flags.ts';

/** What was given for settings, by the name of the environment variable. */
export type GivenSettings = Partial<Record<SettingName, string>>;

/** Which settings a command takes as flags: all, those that say where a server is and what opens it, or none. */
export type SettingScope = 'all' | 'client' | 'none';

export const settingNames = Object.keys(settings) as SettingName[];

/** What commands that talk to a running server take from the settings; the rest is the server's own. */
const CLIENT_SETTINGS: readonly SettingName[] = ['HOST', 'PORT', 'RERANK_API_KEY', 'RERANK_ADMIN_KEY'];

/** The settings that a command takes as flags. */
export function settingsIn(scope: SettingScope): readonly SettingName[] {
  if (scope === 'all') return settingNames;
  return scope === 'client' ? CLIENT_SETTINGS : [];
}

/** RERANK_MODELS_DIR is `--rerank-models-dir`, or `--models-dir` for short. The short one comes last. */
export function flagsOfSetting(name: SettingName): readonly string[] {
  const flag = name.toLowerCase().replaceAll('_', '-');
  const short = flag.replace(/^rerank-/, '');
  return short === flag ? [flag] : [flag, short];
}

/** What a shell offers for its value, where that is something on disk. */
export function completesSetting(name: SettingName): Completes | undefined {
  if (/_DIR$|^HF_HOME$|^HF_HUB_CACHE$|^RERANK_MODEL$/.test(name)) return 'directory';
  return /_FILE$|_TLS_|_GOLDEN$|_PROBE_SET$/.test(name) ? 'file' : undefined;
}
