import { z } from 'zod';
import type { CommandLine } from '../command-line.ts';

export const serveCommand: CommandLine = {
  name: 'serve',
  summary: 'serve a model; what rerankd does without a command',
  about:
    'It listens at once and answers requests as soon as the model is loaded. Ctrl-C finishes what is in flight and ends it.',
  operands: [],
  flags: z.object({}),
  settings: 'all',
  examples: [
    { command: 'rerankd serve', says: 'the embedded model on http://127.0.0.1:8000' },
    {
      command: 'rerankd serve --model local://my-reranker --port 9000',
      says: 'models/my-reranker on another port',
    },
    { command: 'rerankd serve --model BAAI/bge-reranker-v2-m3 --dtype int8', says: 'a model of the hub' },
  ],
  run: async (_given, { serve }) => serve(),
};
