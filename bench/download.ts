/**
 * What parallel ranges are worth, by the link: they help where a server limits each connection, and only there. With --cost: the
 * processor time of a download at full speed, of all threads of the process that fetches.
 *
 *     npm run bench:download -- --cost
 */
import { cpus } from 'node:os';
import { given, wholeNumber } from '../scripts/flags/kinds.ts';
import type { ValuesOf } from '../scripts/flags/read-flags.ts';
import { commandLine, runScript } from '../scripts/flags/run-script.ts';
import { median } from '../scripts/measuring/statistics.ts';
import { seededContent, sha256Of } from '../test/support/fake-hub/content.ts';
import type { Blob } from './download/blob-hub.ts';
import { measureDownload } from './download/measure.ts';
import { measureCost } from './download/measure-cost.ts';
import { withWorkDirectory } from './serve/with-work-directory.ts';

const links = [
  { connection: 10, link: 80 },
  { connection: 10, link: 18 },
  { connection: undefined, link: 40 },
];

const manual = {
  usage: 'npm run bench:download -- [flags]',
  about: `What parallel ranges are worth, by the link, or what a download costs the processor. The server is a process on loopback
that keeps to the speeds that are printed, in MB/s. Times go from the request to the verified file on the disk.`,
  flags: {
    mib: { kind: wholeNumber(), default: '64', help: 'size of the file' },
    workers: { kind: wholeNumber(), default: '8', help: 'ranges at a time' },
    rounds: { kind: wholeNumber(), default: '3', help: 'of which the median counts' },
    cost: {
      kind: given,
      help: 'processor time of a download at full speed, of all threads of the process that fetches',
    },
  },
};

type Options = ValuesOf<typeof manual.flags>;

await runScript({
  name: 'bench:download',
  ...commandLine(manual),
  run: async (options) => {
    const { mib, cost } = options;
    const size = mib * 2 ** 20;
    const blob = { size, sha256: sha256Of(seededContent('download', size)) };
    console.log(`${cpus().length} × ${cpus()[0]?.model}, node ${process.version}, ${mib} MiB on loopback`);
    const print = cost ? printCosts : printTimes;
    await withWorkDirectory(undefined, (directory) => print(directory, blob, options));
  },
});

async function printCosts(directory: string, blob: Blob, { workers, rounds }: Options): Promise<void> {
  const perGib = (seconds: number): string => ((seconds * 2 ** 30) / blob.size).toFixed(2);
  const costs = await measureCost(directory, blob, workers, rounds);
  for (const [round, { user, system }] of costs.entries()) {
    console.log(
      `${round === 0 ? 'first' : 'later'}: ${perGib(user + system)} s of a processor a GiB, ` +
        `${perGib(user)} user, ${perGib(system)} system`,
    );
  }
}

async function printTimes(directory: string, blob: Blob, { workers, rounds }: Options): Promise<void> {
  for (const { connection, link } of links) {
    const speed = {
      ...(connection === undefined ? {} : { bytesPerSecondPerConnection: connection * 1e6 }),
      bytesPerSecond: link * 1e6,
    };
    const times: Record<'one' | 'many', number[]> = { one: [], many: [] };
    for (let round = 0; round < rounds; round += 1) {
      times.one.push(await measureDownload(directory, blob, speed, 1));
      times.many.push(await measureDownload(directory, blob, speed, workers));
    }
    const [one, many] = [median(times.one), median(times.many)];
    const cap = connection === undefined ? 'no limit' : `${connection} MB/s`;
    console.log(
      `${cap} a connection, ${link} MB/s the link: 1 worker ${one.toFixed(2)} s, ` +
        `${workers} workers ${many.toFixed(2)} s (${((many / one - 1) * 100).toFixed(0)}%)`,
    );
  }
}
