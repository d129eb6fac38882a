import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Check, ok, warning } from '../check.ts';

/** This program is younger than that. */
const PAST = new Date('2026-01-01T00:00:00Z');

const HOUR_MS = 3_600_000;

/** Is the clock plausible? Certificates, leases and ages of files depend on it. */
export const clockCheck: Check = {
  name: 'clock',
  async look({ config, machine }) {
    const now = machine.now();
    const mend = 'Set it, and have it kept right (timedatectl set-ntp true).';
    if (now < PAST) return [warning(`it says ${now.toISOString()}, which is in the past`, mend)];
    const own = fileURLToPath(import.meta.url);
    for (const path of [own, join(config.stateDirectory, '.last_good_model')]) {
      const written = (await machine.info(path))?.modified;
      if (written !== undefined && written.getTime() > now.getTime() + HOUR_MS)
        return [
          warning(`it says ${now.toISOString()}, but ${path} was written at ${written.toISOString()}`, mend),
        ];
    }
    return [ok(now.toISOString())];
  },
};
