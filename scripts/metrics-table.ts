/** Writes the tables of docs/observability.md from the registry of metrics itself: `npm run docs:metrics`. */
import { readFile, writeFile } from 'node:fs/promises';
import { withTables } from './metrics-table/page.ts';

const page = new URL('../docs/observability.md', import.meta.url);
await writeFile(page, withTables(await readFile(page, 'utf8')));
