/**
 * What a delta costs over the wire: a model file is changed in four ways, and fetched by who has the version before.
 *
 *     npm run bench:delta -- --mebibytes 64
 */
import { cpus } from 'node:os';
import { wholeNumber } from '../scripts/flags/kinds.ts';
import { commandLine, runScript } from '../scripts/flags/run-script.ts';
import { measureDeltas } from './delta/measure.ts';
import { withWorkDirectory } from './serve/with-work-directory.ts';

const MIB = 2 ** 20;

/** A file has layers to replace. */
const LEAST_MIB = 2;

const manual = {
  usage: 'npm run bench:delta -- [flags]',
  about: `What a delta costs over the wire: a model file is changed in four ways, and fetched by who has the version before. The server
runs in the same process, on loopback: the times say what the machine needs, not what a network does.`,
  flags: { mebibytes: { kind: wholeNumber(LEAST_MIB), default: '256', help: 'size of the file' } },
};

await runScript({
  name: 'bench:delta',
  ...commandLine(manual),
  run: async ({ mebibytes }) => {
    console.log(`${cpus().length} × ${cpus()[0]?.model}, node ${process.version}`);
    await withWorkDirectory(undefined, (directory) =>
      measureDeltas(directory, mebibytes * MIB, (line) => console.log(line)),
    );
  },
});
