import { z } from 'zod';
import type { CommandLine } from '../command-line.ts';
import { readFlags, valueFlag } from '../flags.ts';

const flags = z.object({
  out: valueFlag(
    'DIR',
    z.string(),
    'copy the model there (default: write manifest.json and *.chunks into the model directory itself)',
    'directory',
  ),
});

export const publishCommand: CommandLine = {
  name: 'publish',
  summary: 'prepare a model for a static web server, from which servers fetch what changed',
  about:
    'Of an ONNX export, --dtype says which one the servers will load. The format is in docs/publishing.md.',
  operands: [{ name: 'DIR', completes: 'directory' }],
  flags,
  settings: 'all',
  examples: [
    {
      command: 'rerankd publish models/my-reranker --out /srv/models/my-reranker/v2',
      says: 'prints the reference',
    },
  ],
  async run({ operands: [directory = ''], flags: given }, { config }) {
    const { out } = readFlags(flags, given);
    const { publish } = await import('../../commands/publish.ts');
    return publish(config(), { directory, out });
  },
};
