/** Writes docs/settings.md from the settings themselves: `npm run docs:settings`. */
import { writeFile } from 'node:fs/promises';
import { settingsTable } from './settings-table/table.ts';

await writeFile(new URL('../docs/settings.md', import.meta.url), settingsTable());
