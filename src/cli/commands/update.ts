import { z } from 'zod';
import type { UpdateRequest } from '../../commands/update.ts';
import { dtype, oneOf } from '../../config/rules.ts';
import { ConfigError } from '../../config.ts';
import type { CommandLine, Given } from '../command-line.ts';
import { jsonFlag, numberFlag, readFlags, shareFlag, switchFlag, valueFlag, wholeFlag } from '../flags.ts';
import { readServerAddress, urlFlag } from '../server-address.ts';

const positive = z.number().positive({ error: 'must be above 0' });

const flags = z.object({
  url: urlFlag,
  mode: valueFlag(
    'MODE',
    oneOf('auto', 'beside', 'hold'),
    'auto, beside (both models loaded for a moment) or hold (requests wait)',
  ),
  dtype: valueFlag('DTYPE', dtype, 'auto, fp32, fp16 or int8'),
  dryRun: switchFlag('everything but the swap, with the report'),
  wait: switchFlag('wait behind a running operation instead of giving up'),
  force: switchFlag('swap whatever the checks and the quarantine say'),
  follow: switchFlag('watch until the probation is over'),
  minKendallTau: valueFlag(
    'N',
    numberFlag.pipe(
      z.number().min(-1, { error: 'must be from -1 to 1' }).max(1, { error: 'must be from -1 to 1' }),
    ),
    'reject a model that ranks less like the one that serves',
  ),
  minTop1Overlap: valueFlag('SHARE', shareFlag, 'reject one that agrees less often on the best document'),
  maxThresholdCrossing: valueFlag(
    'SHARE',
    shareFlag,
    'reject one that moves more documents over the threshold',
  ),
  maxLatencyRatio: valueFlag(
    'N',
    numberFlag.pipe(positive),
    'reject one that takes more times the processor time',
  ),
  threshold: valueFlag('SCORE', shareFlag, 'the score that means relevant, for --max-threshold-crossing'),
  shadowPercent: valueFlag(
    'P',
    numberFlag.pipe(positive.max(100, { error: 'must be at most 100' })),
    'before the swap, let the new model score P % of the live requests',
  ),
  shadowRequests: valueFlag('N', wholeFlag(1), 'so many of them'),
  probationRequests: valueFlag('N', wholeFlag(0), 'requests that the new model is on probation for'),
  probationSeconds: valueFlag('S', wholeFlag(0), 'seconds of probation at most'),
  noProbation: switchFlag('no probation'),
  json: jsonFlag,
});

export const updateCommand: CommandLine = {
  name: 'update',
  summary: 'change the model of a running server, and watch it',
  about:
    'REF is as in "rerankd fetch". Whatever fails, the old model keeps serving, and the exit code is 1. What is left out, the settings of the server say. It needs the admin key. Ctrl-C cancels.',
  operands: [{ name: 'REF', completes: 'directory' }],
  flags,
  settings: 'client',
  examples: [
    { command: 'rerankd update local://my-reranker --dry-run', says: 'all the checks, and no swap' },
    { command: 'rerankd update local://my-reranker --min-kendall-tau 0.9', says: 'swap if it ranks alike' },
  ],
  async run(given, { config, terminal }) {
    const request = readUpdateRequest(given);
    const address = readServerAddress(given, config());
    const { update } = await import('../../commands/update.ts');
    await update(address, request, terminal());
    return undefined;
  },
};

type UpdateFlags = z.output<typeof flags>;

/**
 * Checks the flags of `rerankd update` and makes the body of POST /update of them, less the model.
 * @throws ConfigError that names the flag.
 */
export function readUpdateRequest({
  operands,
  flags: given,
}: Pick<Given, 'operands' | 'flags'>): UpdateRequest {
  const read = readFlags(flags, given);
  const { minKendallTau, minTop1Overlap, maxThresholdCrossing, maxLatencyRatio, threshold } = read;
  const gates = { minKendallTau, minTop1Overlap, maxThresholdCrossing, maxLatencyRatio, threshold };
  const options = {
    mode: read.mode,
    dtype: read.dtype,
    dry_run: read.dryRun,
    force: read.force,
    wait: read.wait,
    gates: orNothing(gates),
    probation: probation(read),
    shadow: shadow(read),
  };
  return {
    reference: operands[0] ?? '',
    options: orNothing(options) ?? {},
    json: read.json ?? false,
    follow: read.follow ?? false,
  };
}

function probation({ noProbation, probationRequests: requests, probationSeconds: seconds }: UpdateFlags) {
  const limits = orNothing({ requests, seconds });
  if (noProbation !== true) return limits;
  if (limits === undefined) return false;
  throw new ConfigError(
    '--no-probation: there is nothing to limit with --probation-requests or --probation-seconds',
  );
}

function shadow({ shadowPercent: percent, shadowRequests: requests }: UpdateFlags) {
  if ((percent === undefined) === (requests === undefined)) return orNothing({ percent, requests });
  throw new ConfigError(
    percent === undefined
      ? '--shadow-requests: say with --shadow-percent which share of the requests to take'
      : '--shadow-percent: say with --shadow-requests how many requests are enough',
  );
}

/** Without what was not given; nothing when nothing was: then the server's settings hold. */
function orNothing<T extends object>(fields: T): Partial<T> | undefined {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Partial<T>);
}
