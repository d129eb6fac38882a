/**
 * What parallel ranges are worth, by the link: they help where a server limits each connection, and only there. With --cost: the
 * processor time of a download at full speed, of all threads of the process that fetches.
 *
 *     npm run bench:download -- [--mib 64] [--workers 8] [--rounds 3] [--cost]
 *
 * The server is a process on loopback that keeps to the speeds that are printed, in MB/s. Times go from the request to the
 * verified file on the disk; the median of the rounds counts.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { median } from '../scripts/measuring/statistics.ts';
import { seededContent, sha256Of } from '../test/support/fake-hub/content.ts';
import { measureDownload } from './download/measure.ts';
import { measureCost } from './download/measure-cost.ts';
import { withWorkDirectory } from './serve/with-work-directory.ts';

const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '64' },
    workers: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    cost: { type: 'boolean', default: false },
  },
});
const size = Number(values.mib) * 2 ** 20;
const workers = Number(values.workers);
const rounds = Number(values.rounds);
const links = [
  { connection: 10, link: 80 },
  { connection: 10, link: 18 },
  { connection: undefined, link: 40 },
];

const blob = { size, sha256: sha256Of(seededContent('download', size)) };
console.log(`${cpus().length} × ${cpus()[0]?.model}, node ${process.version}, ${values.mib} MiB on loopback`);
await withWorkDirectory(undefined, values.cost ? printCosts : printTimes);

async function printCosts(directory: string): Promise<void> {
  const costs = await measureCost(directory, blob, workers, rounds);
  for (const [round, { user, system }] of costs.entries()) {
    console.log(
      `${round === 0 ? 'first' : 'later'}: ${perGib(user + system)} s of a processor a GiB, ` +
        `${perGib(user)} user, ${perGib(system)} system`,
    );
  }
}

async function printTimes(directory: string): Promise<void> {
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

function perGib(seconds: number): string {
  return ((seconds * 2 ** 30) / size).toFixed(2);
}
