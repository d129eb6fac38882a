import type { z } from 'zod';
import { formatBytes } from '../platform/memory/format-bytes.ts';
import { accessSettings } from './access-settings.ts';
import { changeSettings } from './change-settings.ts';
import { consoleSettings } from './console-settings.ts';
import { modelSettings } from './model-settings.ts';
import { observationSettings } from './observation-settings.ts';
import type { Meaning } from './rules.ts';
import { requestSettings, serverSettings } from './server-settings.ts';
import { storeSettings } from './store-settings.ts';

/** Every setting: its environment variable, its rule, its default and its meaning. Flags of the CLI carry the same names. */
export const settings = {
  ...modelSettings,
  ...serverSettings,
  ...requestSettings,
  ...accessSettings,
  ...changeSettings,
  ...storeSettings,
  ...observationSettings,
  ...consoleSettings,
} as const;

export type SettingName = keyof typeof settings;

/** In the order in which one reads of them. */
export const settingGroups: readonly { readonly title: string; readonly settings: readonly SettingName[] }[] =
  [
    { title: 'The model', settings: namesOf(modelSettings) },
    { title: 'The server', settings: namesOf(serverSettings) },
    { title: 'Requests', settings: namesOf(requestSettings) },
    { title: 'Who may ask', settings: namesOf(accessSettings) },
    { title: 'Changing the model', settings: namesOf(changeSettings) },
    { title: 'Where models come from', settings: namesOf(storeSettings) },
    { title: 'Logs, metrics and traces', settings: namesOf(observationSettings) },
    { title: 'The console', settings: namesOf(consoleSettings) },
  ];

/** What a person reads of a setting. */
export interface Explained {
  /** `none` where there is none. */
  readonly defaultValue: string;
  readonly description: string;
}

/** What the help and the tables say of a setting; its default as a person would write it. */
export function explain(name: SettingName): Explained {
  const schema: z.ZodType = settings[name];
  const { description, shown } = schema.meta() as unknown as Meaning;
  const value = schema.safeParse(undefined).data;
  const text = typeof value === 'number' && name.endsWith('_BYTES') ? formatBytes(value) : String(value);
  return { description, defaultValue: shown ?? (value === undefined ? 'none' : text) };
}

/** Whether its value may not be shown. What is no setting may be anything. */
export function isSecret(name: string): boolean {
  if (!Object.hasOwn(settings, name)) return true;
  const schema: z.ZodType = settings[name as SettingName];
  return (schema.meta() as unknown as Meaning).isSecret === true;
}

function namesOf<T extends object>(group: T): (keyof T & SettingName)[] {
  return Object.keys(group) as (keyof T & SettingName)[];
}
