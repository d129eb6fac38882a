import { z } from 'zod';
import { systemClock } from '../../platform/clock.ts';
import type { CommandLine } from '../command-line.ts';
import { jsonFlag, readFlags } from '../flags.ts';
import { readServerAddress, urlFlag } from '../server-address.ts';

const flags = z.object({ url: urlFlag, json: jsonFlag });

export const statusCommand: CommandLine = {
  name: 'status',
  summary: 'what a running server does',
  about: 'Which model serves, on what, for how long; the update that is under way; the history.',
  operands: [],
  flags,
  settings: 'client',
  examples: [{ command: 'rerankd status --url http://gpu-1:8000', says: 'of a server elsewhere' }],
  async run(given, { config }) {
    const { json = false } = readFlags(flags, given.flags);
    const address = readServerAddress(given, config());
    const { status } = await import('../../commands/status.ts');
    return status(address, { json }, systemClock);
  },
};
