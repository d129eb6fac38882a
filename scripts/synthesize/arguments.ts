import { parseArgs } from 'node:util';
import {
  type ArchitectureName,
  architectureNames,
  type SizeName,
  sizeNames,
} from './architectures/architecture.ts';
import { UsageError } from './errors.ts';
import { type CheckpointRequest, requestDefaults, shapeOf } from './request.ts';
import { type Dtype, dtypes } from './weights/dtype.ts';

const flags = {
  arch: { type: 'string' },
  size: { type: 'string' },
  out: { type: 'string' },
  seed: { type: 'string' },
  dtype: { type: 'string' },
  'max-shard-size': { type: 'string' },
  labels: { type: 'string' },
  force: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** More labels than any classifier of pairs has. */
const MOST_LABELS = 1000;

/** Letters after which a size is counted in thousands, and in units of 1,024, as huggingface_hub reads them. */
const units: Readonly<Record<string, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
};

/**
 * Understands the command line.
 * @returns undefined where help is asked for.
 * @throws UsageError that says which flag is wrong and what it takes; SynthesisError where there is no such model.
 */
export function parseArguments(args: readonly string[]): CheckpointRequest | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const architecture = oneOf<ArchitectureName>('arch', values.arch, architectureNames);
  const size = oneOf<SizeName>('size', values.size, sizeNames);
  if (values.out === undefined || values.out === '') {
    throw new UsageError('--out is missing: the directory to write, for example --out models/synthetic');
  }
  shapeOf(architecture, size);
  return {
    architecture,
    size,
    directory: values.out,
    seed: whole('seed', values.seed, 0, Number.MAX_SAFE_INTEGER) ?? requestDefaults.seed,
    dtype:
      values.dtype === undefined
        ? requestDefaults.dtype
        : oneOf<Dtype>('dtype', values.dtype, Object.keys(dtypes) as Dtype[]),
    labels: whole('labels', values.labels, 1, MOST_LABELS) ?? requestDefaults.labels,
    maxShardBytes: fileSize(values['max-shard-size']) ?? requestDefaults.maxShardBytes,
    force: values.force === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function oneOf<T extends string>(flag: string, given: string | undefined, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === given);
  if (found !== undefined) return found;
  const what = given === undefined ? `--${flag} is missing` : `--${flag} ${given} is unknown`;
  throw new UsageError(`${what}: it is one of ${allowed.join(', ')}`);
}

function whole(flag: string, given: string | undefined, least: number, most: number): number | undefined {
  if (given === undefined) return undefined;
  const number = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${flag} ${given} is no whole number from ${least} to ${most}`);
}

function fileSize(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(given) ?? [];
  const bytes = Math.floor(Number(digits) * (units[unit.toUpperCase()] ?? Number.NaN));
  if (bytes >= 1) return bytes;
  throw new UsageError(
    `--max-shard-size ${given} is no size: write a number and a unit, for example 500MB, 1GB or 2GiB`,
  );
}
