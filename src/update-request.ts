import { z } from 'zod';
import type { Command } from './arguments.ts';
import { numberFlag, readFlags } from './command-flags.ts';
import type { UpdateRequest } from './commands/update.ts';
import { dtype } from './config/rules.ts';
import { ConfigError } from './config.ts';

const share = numberFlag.pipe(
  z.number().min(0, { error: 'must be from 0 to 1' }).max(1, { error: 'must be from 0 to 1' }),
);
const whole = (least: number) =>
  numberFlag.pipe(
    z.int({ error: 'must be a whole number' }).min(least, { error: `must be at least ${least}` }),
  );

const flagsSchema = z.object({
  json: z.boolean().default(false),
  follow: z.boolean().default(false),
  mode: z.enum(['auto', 'beside', 'hold'], { error: 'must be one of auto, beside, hold' }).optional(),
  dtype: dtype.optional(),
  dryRun: z.boolean().optional(),
  force: z.boolean().optional(),
  wait: z.boolean().optional(),
  minKendallTau: numberFlag
    .pipe(z.number().min(-1, { error: 'must be from -1 to 1' }).max(1, { error: 'must be from -1 to 1' }))
    .optional(),
  minTop1Overlap: share.optional(),
  maxThresholdCrossing: share.optional(),
  maxLatencyRatio: numberFlag.pipe(z.number().positive({ error: 'must be above 0' })).optional(),
  threshold: share.optional(),
  probationRequests: whole(0).optional(),
  probationSeconds: whole(0).optional(),
  noProbation: z.boolean().default(false),
  shadowPercent: numberFlag
    .pipe(z.number().positive({ error: 'must be above 0' }).max(100, { error: 'must be at most 100' }))
    .optional(),
  shadowRequests: whole(1).optional(),
});

type Flags = z.output<typeof flagsSchema>;

/**
 * Checks the flags of `rerankd update` and makes the body of POST /update of them, less the model.
 * @throws ConfigError that names the flag.
 */
export function readUpdateRequest(command: Command & { name: 'update' }): UpdateRequest {
  const flags = readFlags(flagsSchema, command.flags);
  const { minKendallTau, minTop1Overlap, maxThresholdCrossing, maxLatencyRatio, threshold } = flags;
  const gates = { minKendallTau, minTop1Overlap, maxThresholdCrossing, maxLatencyRatio, threshold };
  const options = {
    mode: flags.mode,
    dtype: flags.dtype,
    dry_run: flags.dryRun,
    force: flags.force,
    wait: flags.wait,
    gates: orNothing(gates),
    probation: probation(flags),
    shadow: shadow(flags),
  };
  return {
    reference: command.reference,
    options: orNothing(options) ?? {},
    json: flags.json,
    follow: flags.follow,
  };
}

function probation({ noProbation, probationRequests: requests, probationSeconds: seconds }: Flags) {
  const limits = orNothing({ requests, seconds });
  if (!noProbation) return limits;
  if (limits === undefined) return false;
  throw new ConfigError(
    '--no-probation: there is nothing to limit with --probation-requests or --probation-seconds',
  );
}

function shadow({ shadowPercent: percent, shadowRequests: requests }: Flags) {
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
