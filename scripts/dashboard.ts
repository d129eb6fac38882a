/** Writes deploy/grafana/rerankd.json: `npm run docs:dashboard`. */
import { writeFile } from 'node:fs/promises';
import { dashboard } from './dashboard/dashboard.ts';
import { commandLine, runScript } from './flags/run-script.ts';

await runScript({
  name: 'docs:dashboard',
  ...commandLine({
    usage: 'npm run docs:dashboard',
    about: 'Writes deploy/grafana/rerankd.json.',
    flags: {},
  }),
  run: async () => {
    await writeFile(
      new URL('../deploy/grafana/rerankd.json', import.meta.url),
      `${JSON.stringify(dashboard(), null, 2)}\n`,
    );
  },
});
