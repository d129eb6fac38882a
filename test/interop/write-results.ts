import { writeFile } from 'node:fs/promises';
import { clientsPage } from './clients-page.ts';
import type { Outcome } from './outcome.ts';

/** Keeps what a whole run found, and writes the page of it. */
export async function writeResults(outcomes: readonly Outcome[]): Promise<void> {
  await writeFile(new URL('results.json', import.meta.url), `${JSON.stringify(outcomes, undefined, 2)}\n`);
  await writeFile(new URL('../../docs/clients.md', import.meta.url), clientsPage(outcomes));
}
