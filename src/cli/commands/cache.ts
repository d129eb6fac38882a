import { z } from 'zod';
import { bytes } from '../../config/rules.ts';
import type { CommandLine, Given } from '../command-line.ts';
import { type Flags, jsonFlag, readFlags, switchFlag, valueFlag } from '../flags.ts';

const noFlags = z.object({});

const listFlags = z.object({ json: jsonFlag });

const pruneFlags = z.object({
  maxBytes: valueFlag(
    'N',
    bytes(0, Number.MAX_SAFE_INTEGER),
    'stop when so much is left, such as 20GiB (default: 0)',
  ),
  dryRun: switchFlag('only say what would be deleted'),
  json: jsonFlag,
});

const family = { operands: [], settings: 'all', flags: noFlags as Flags } as const;

const BESIDE = 'It works on the state directory (--state-dir), beside a server that may be running.';

export const cacheListCommand: CommandLine = {
  ...family,
  name: 'cache ls',
  summary: 'what lies in the state directory, and what keeps it there',
  about: BESIDE,
  flags: listFlags,
  examples: [{ command: 'rerankd cache ls', says: 'sizes, when last used, and why it is kept' }],
  async run({ flags }, { config }) {
    const { json = false } = readFlags(listFlags, flags);
    const { cache } = await import('../../commands/cache/cache.ts');
    return cache(config(), { action: 'ls', json });
  },
};

export const cachePruneCommand: CommandLine = {
  ...family,
  name: 'cache prune',
  summary: 'delete what nothing keeps',
  about: `${BESIDE} What serves, served before, is in the history, pinned or in use is never deleted.`,
  flags: pruneFlags,
  examples: [
    { command: 'rerankd cache prune --dry-run', says: 'what would go' },
    {
      command: 'rerankd cache prune --max-bytes 20GiB',
      says: 'the longest unused first, until 20 GiB are left',
    },
  ],
  async run({ flags }, { config }) {
    const { json = false, dryRun = false, maxBytes } = readFlags(pruneFlags, flags);
    const { cache } = await import('../../commands/cache/cache.ts');
    return cache(config(), { action: 'prune', json, dryRun, maxBytes });
  },
};

export const cachePinCommand: CommandLine = {
  ...family,
  name: 'cache pin',
  summary: 'keep a model whatever the budget says',
  about: `${BESIDE} It takes a reference, or at least 8 digits of a digest.`,
  operands: [{ name: 'REF' }],
  examples: [{ command: 'rerankd cache pin local://my-reranker', says: 'until "rerankd cache unpin"' }],
  run: async (given, { config }) => pinned('pin', given, config()),
};

export const cacheUnpinCommand: CommandLine = {
  ...family,
  name: 'cache unpin',
  summary: 'undo "cache pin"',
  about: BESIDE,
  operands: [{ name: 'REF' }],
  examples: [{ command: 'rerankd cache unpin local://my-reranker', says: 'it may go again' }],
  run: async (given, { config }) => pinned('unpin', given, config()),
};

async function pinned(
  action: 'pin' | 'unpin',
  { operands: [item = ''] }: Given,
  config: Parameters<typeof import('../../commands/cache/cache.ts').cache>[0],
): Promise<string> {
  const { cache } = await import('../../commands/cache/cache.ts');
  return cache(config, { action, item });
}
