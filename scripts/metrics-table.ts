/** Writes the tables of docs/observability.md from the registry of metrics itself: `npm run docs:metrics`. */
import { readFile, writeFile } from 'node:fs/promises';
import { commandLine, runScript } from './flags/run-script.ts';
import { withTables } from './metrics-table/page.ts';

await runScript({
  name: 'docs:metrics',
  ...commandLine({
    usage: 'npm run docs:metrics',
    about: 'Writes the tables of docs/observability.md from the registry of metrics itself.',
    flags: {},
  }),
  run: async () => {
    const page = new URL('../docs/observability.md', import.meta.url);
    await writeFile(page, withTables(await readFile(page, 'utf8')));
  },
});
