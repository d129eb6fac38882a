/**
 * Real clients against a real server: `npm run test:interop`. Installs them apart from the repository's own dependencies.
 *
 * Without a registry that answers a suite is skipped, and the line says so. With `--write` the outcomes become
 * test/interop/results.json and docs/clients.md, if nothing was skipped.
 */
import { given } from '../../scripts/flags/kinds.ts';
import type { ValuesOf } from '../../scripts/flags/read-flags.ts';
import { commandLine, runScript } from '../../scripts/flags/run-script.ts';
import type { Outcome } from './outcome.ts';
import { outcomeTable } from './outcome-table.ts';
import { Servers } from './servers.ts';
import { npmSuite } from './suites/npm-suite.ts';
import { pythonSuites } from './suites/python-suite.ts';
import { recordedSuite } from './suites/recorded-suite.ts';
import { writeResults } from './write-results.ts';

const manual = {
  usage: 'npm run test:interop -- [flags]',
  about: `Runs real clients against a real server, and installs them apart from the repository's own dependencies. Without a registry
that answers a suite is skipped, and the line says so.`,
  flags: {
    write: {
      kind: given,
      help: 'write the outcomes to test/interop/results.json and docs/clients.md, if nothing was skipped',
    },
  },
};

const suites = [npmSuite, ...pythonSuites, recordedSuite];

await runScript({ name: 'test:interop', ...commandLine(manual), run: runSuites });

/** @returns the exit code. */
async function runSuites({ write }: ValuesOf<typeof manual.flags>): Promise<number> {
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
  if (write && skipped.length > 0) console.log('Nothing is written: that takes a run of all of them.');
  else if (write) await writeResults(outcomes);
  return failed === 0 ? 0 : 1;
}
