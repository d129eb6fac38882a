import { join } from 'node:path';
import { cgroupDirectories } from '../../../platform/cgroup.ts';
import { limitIn, OPEN_FILES } from '../../../platform/process-limits.ts';
import { type Check, type Finding, ok, type Patient, warning } from '../check.ts';

/** Each connection and each open file of a model takes one. */
const LEAST_FILES = 4096;
/** Of threads too: a Node process has about a dozen of them. */
const LEAST_PROCESSES = 512;

/** May the server open enough files and start enough processes? */
export const limitsCheck: Check = {
  name: 'limits',
  async look(patient) {
    const text = await patient.machine.readText('/proc/self/limits');
    if (text === undefined) return [ok('not told on this system')];
    const files = limitIn(text, OPEN_FILES);
    const processes = Math.min(limitIn(text, 'Max processes'), await pidsMax(patient));
    const found: Finding[] = [];
    if (files < LEAST_FILES) {
      found.push(
        warning(
          `${files} files may be open, of which models need some: connections are limited to the rest`,
          `ulimit -n 65536, LimitNOFILE= of systemd, or --ulimit nofile= of Docker.`,
        ),
      );
    }
    if (processes < LEAST_PROCESSES) {
      found.push(
        warning(
          `${processes} processes and threads are allowed`,
          'ulimit -u, TasksMax= of systemd, or --pids-limit of Docker: engines have several threads each.',
        ),
      );
    }
    return found.length > 0
      ? found
      : [ok(`${shown(files)} open files, ${shown(processes)} processes and threads`)];
  },
};

/** The tightest limit of the cgroup and its ancestors (cgroup-v2.rst, "PID"). */
async function pidsMax({ machine }: Patient): Promise<number> {
  const membership = (await machine.readText('/proc/self/cgroup')) ?? '';
  const texts = await Promise.all(
    cgroupDirectories(membership, 'pids').map(({ path }) => machine.readText(join(path, 'pids.max'))),
  );
  const limits = texts.map((text) => Number(text ?? Number.NaN)).filter((limit) => limit > 0);
  return Math.min(Number.POSITIVE_INFINITY, ...limits);
}

function shown(limit: number): string {
  return Number.isFinite(limit) ? String(limit) : 'any number of';
}
