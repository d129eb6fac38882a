import { z } from 'zod';
import type { CommandLine } from '../command-line.ts';

export const compileCommand: CommandLine = {
  name: 'compile',
  summary: 'compile a model ahead of time, so that a start or an update has only to load it',
  about:
    'The result lies in the state directory. Run it with the same --state-dir as the server, on the same kind of processor.',
  operands: [{ name: 'DIR', completes: 'directory' }],
  flags: z.object({}),
  settings: 'all',
  examples: [{ command: 'rerankd compile models/my-reranker --dtype int8', says: 'for int8 on a CPU' }],
  async run({ operands: [reference = ''] }, { config }) {
    const { compile } = await import('../../commands/compile.ts');
    return compile(config(), reference);
  },
};
