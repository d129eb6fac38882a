import { z } from 'zod';
import type { CompareRequest } from '../../commands/compare.ts';
import { dtype } from '../../config/rules.ts';
import type { Dtype } from '../../model/model-directory.ts';
import type { CommandLine, Given } from '../command-line.ts';
import { jsonFlag, readFlags, shareFlag, valueFlag, wholeFlag } from '../flags.ts';

const MOST_COUNTED = 1000;

const flags = z.object({
  set: valueFlag(
    'FILE',
    z.string(),
    'queries and documents, JSON or JSON Lines: {"query": …, "documents": […]} (default: 54 shipped queries)',
    'file',
  ),
  referenceDtype: valueFlag('DTYPE', dtype, 'auto, fp32, fp16 or int8 for A (default: --dtype)'),
  candidateDtype: valueFlag('DTYPE', dtype, 'the same for B'),
  topK: valueFlag('N', wholeFlag(1, MOST_COUNTED), 'how many best documents count (default: 10)'),
  threshold: valueFlag('SCORE', shareFlag, 'the score that means relevant (default: 0.5)'),
  json: jsonFlag,
});

export const compareCommand: CommandLine = {
  name: 'compare',
  summary: 'compare how two models, or two dtypes of one, rank and how fast',
  about: 'A and B are references as in "rerankd fetch". Both are loaded here; no server is needed.',
  operands: [
    { name: 'A', completes: 'directory' },
    { name: 'B', completes: 'directory' },
  ],
  flags,
  settings: 'all',
  examples: [
    {
      command:
        'rerankd compare models/my-reranker models/my-reranker --reference-dtype fp32 --candidate-dtype int8',
      says: 'is int8 good enough?',
    },
  ],
  async run(given, { config }) {
    const settings = config();
    const { compare } = await import('../../commands/compare.ts');
    return compare(settings, compareRequest(given, settings.dtype));
  },
};

/** @param fallback for models that no flag of their own says it for */
function compareRequest({ operands, flags: given }: Given, fallback: Dtype): CompareRequest {
  const [reference = '', candidate = ''] = operands;
  const { set, json = false, topK, threshold, ...dtypes } = readFlags(flags, given);
  return {
    reference: { reference, dtype: dtypes.referenceDtype ?? fallback },
    candidate: { reference: candidate, dtype: dtypes.candidateDtype ?? fallback },
    set,
    json,
    topK,
    threshold,
  };
}
