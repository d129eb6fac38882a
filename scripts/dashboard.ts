/** Writes deploy/grafana/rerankd.json: `npm run docs:dashboard`. */
import { writeFile } from 'node:fs/promises';
import { dashboard } from './dashboard/dashboard.ts';

await writeFile(
  new URL('../deploy/grafana/rerankd.json', import.meta.url),
  `${JSON.stringify(dashboard(), null, 2)}\n`,
);
