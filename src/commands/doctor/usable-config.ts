import type { z } from 'zod';
import { type SettingName, settings } from '../../config/settings.ts';
import { type Config, ConfigError, readConfig, shownSetting } from '../../config.ts';
import type { Environment } from '../../platform/environment.ts';

/** The configuration without the settings that can't be used, and one message for each of those. */
export function usableConfig(env: Environment): {
  readonly config: Config;
  readonly wrong: readonly string[];
} {
  const wrong: string[] = [];
  const usable: Record<string, string | undefined> = { ...env };
  for (const [name, schema] of Object.entries(settings) as [SettingName, z.ZodType][]) {
    const value = env[name];
    if (value === undefined || value === '') continue;
    const { error } = schema.safeParse(value);
    if (error === undefined) continue;
    wrong.push(`${shownSetting(name, value)} ${error.issues[0]?.message}`);
    delete usable[name];
  }
  try {
    return { config: readConfig(usable), wrong };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Settings that are fine alone and wrong together: those that the message names count as not set.
    const named = new Set(error.message.match(/\b[A-Z][A-Z\d_]{3,}\b/g));
    const rest = Object.entries(usable).filter(([name]) => !named.has(name));
    return { config: readConfig(Object.fromEntries(rest)), wrong: [...wrong, error.message] };
  }
}
