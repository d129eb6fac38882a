/**
 * Real clients against a real server: `npm run test:interop`. Installs them apart from the repository's own dependencies.
 *
 * Without a registry that answers a suite is skipped, and the line says so. With `--write` the outcomes become
 * test/interop/results.json and docs/clients.md, if nothing was skipped.
 */
import { parseArgs } from 'node:util';
import type { Outcome } from './outcome.ts';
import { outcomeTable } from './outcome-table.ts';
import { Servers } from './servers.ts';
import { npmSuite } from './suites/npm-suite.ts';
import { pythonSuites } from './suites/python-suite.ts';
import { recordedSuite } from './suites/recorded-suite.ts';
import { writeResults } from './write-results.ts';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const suites = [npmSuite, ...pythonSuites, recordedSuite];

const outcomes: Outcome[] = [];
const skipped: string[] = [];
const servers = await Servers.start();
try {
  for (const suite of suites) {
    console.log(`== ${suite.name}`);
    // oxlint-disable-next-line no-await-in-loop -- one after the other: they are heavy
    const missing = await suite.install();
    if (missing === undefined) outcomes.push(...(await suite.run(servers.underTest)));
    else {
      skipped.push(suite.name);
      console.log(`skipped: ${missing}`);
    }
  }
} finally {
  await servers[Symbol.asyncDispose]();
}

console.log(outcomeTable(outcomes));
const failed = outcomes.filter(({ passed }) => !passed).length;
const left = skipped.length === 0 ? '' : `, not run: ${skipped.join('; ')}`;
console.log(`${outcomes.length - failed} passed, ${failed} failed${left}`);
if (values.write && skipped.length > 0) console.log('Nothing is written: that takes a run of all of them.');
else if (values.write) await writeResults(outcomes);
process.exitCode = failed === 0 ? 0 : 1;
