import { z } from 'zod';
import type { CommandLine } from '../command-line.ts';
import { jsonFlag, readFlags } from '../flags.ts';
import { readServerAddress, urlFlag } from '../server-address.ts';

const flags = z.object({ url: urlFlag, json: jsonFlag });

export const rollbackCommand: CommandLine = {
  name: 'rollback',
  summary: 'go back to the model before',
  about:
    'TO is a reference or (the start of) a digest of the history, which "rerankd status" shows. It needs the admin key.',
  operands: [{ name: 'TO', optional: true }],
  flags,
  settings: 'client',
  examples: [{ command: 'rerankd rollback', says: 'takes milliseconds while the new model is on probation' }],
  async run(given, { config, terminal }) {
    const { json = false } = readFlags(flags, given.flags);
    const address = readServerAddress(given, config());
    const { rollback } = await import('../../commands/rollback.ts');
    await rollback(address, { to: given.operands[0], json }, terminal());
    return undefined;
  },
};
