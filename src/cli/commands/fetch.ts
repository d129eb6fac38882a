import { z } from 'zod';
import type { CommandLine } from '../command-line.ts';
import { jsonFlag, readFlags } from '../flags.ts';

const flags = z.object({ json: jsonFlag });

export const fetchCommand: CommandLine = {
  name: 'fetch',
  summary: 'bring, verify and compile a model without a server, for one that starts or updates later',
  about:
    'REF is local://NAME, the path of a directory, ORG/NAME[@REVISION] of a hub, or an https:// manifest.',
  operands: [{ name: 'REF', completes: 'directory' }],
  flags,
  settings: 'all',
  examples: [{ command: 'rerankd fetch BAAI/bge-reranker-base', says: 'prints its digest when it is ready' }],
  async run({ operands: [reference = ''], flags: given }, { config }) {
    const { json = false } = readFlags(flags, given);
    const { fetchModel } = await import('../../commands/fetch.ts');
    return fetchModel(config(), { reference, json });
  },
};
