import { parseArgs } from 'node:util';
import { UsageError } from './errors.ts';

/** Major versions of CUDA that ONNX Runtime is released for. */
export type Cuda = 12 | 13;

export const DEFAULT_CUDA: Cuda = 13;

export interface Arguments {
  /** What was asked for; otherwise what suits the machine, or whatever a named archive has. */
  readonly cuda: Cuda | undefined;
  /** In place of the folder of onnxruntime-node. */
  readonly into: string | undefined;
  /** Only look. */
  readonly check: boolean;
  /** Also where it is there already. */
  readonly force: boolean;
}

/** @returns undefined when help was asked for. @throws UsageError */
export function readArguments(args: readonly string[]): Arguments | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const { cuda, into, check = false, force = false } = values;
  if (into === '') throw new UsageError('--into needs a folder');
  return { cuda: cuda === undefined ? undefined : readCuda(cuda), into, check, force };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        cuda: { type: 'string' },
        into: { type: 'string' },
        check: { type: 'boolean' },
        force: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readCuda(text: string): Cuda {
  if (text === '12') return 12;
  if (text === '13') return 13;
  throw new UsageError(`--cuda ${text}: ONNX Runtime is released for CUDA 12 and 13`);
}

export const HELP = `npm run setup:cuda -- [--cuda 12|13] [--into DIR] [--check] [--force]

Brings the CUDA execution provider of the installed onnxruntime-node, checked by its digest, and says what it needs on
this machine. Without more it is downloaded from the release of ONNX Runtime on GitHub, built for CUDA ${DEFAULT_CUDA}, or for
CUDA 12 where the driver, the card or the libraries that are there ask for that.

  --cuda 12|13   the CUDA version that it is linked against
  --into DIR     put the two libraries there instead, and make the folder
  --check        only look at what is there; ends with 1 where something is missing
  --force        bring it although it is there already

  ORT_CUDA_ARCHIVE   another source: a file, a folder with one, or an https: URL, of a release archive (.tgz), a wheel of onnxruntime-gpu
                     (.whl) or Microsoft.ML.OnnxRuntime.Gpu.Linux (.nupkg)
  ORT_CUDA_SHA256    the SHA-256 that this archive has to have, in hex. Needed where it is not known here
  HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS   as everywhere
`;
