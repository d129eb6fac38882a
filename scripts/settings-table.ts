/** Writes docs/settings.md from the settings themselves: `npm run docs:settings`. */
import { writeFile } from 'node:fs/promises';
import { commandLine, runScript } from './flags/run-script.ts';
import { settingsTable } from './settings-table/table.ts';

await runScript({
  name: 'docs:settings',
  ...commandLine({
    usage: 'npm run docs:settings',
    about: 'Writes docs/settings.md from the settings themselves.',
    flags: {},
  }),
  run: async () => {
    await writeFile(new URL('../docs/settings.md', import.meta.url), settingsTable());
  },
});
