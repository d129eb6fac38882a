import { filePath, given, type Kind, optional } from '../flags/kinds.ts';
import { helpText as helpTextOf } from '../flags/manual.ts';
import { readFlags, type ValuesOf } from '../flags/read-flags.ts';
import { type Cuda, DEFAULT_CUDA } from './cuda.ts';

const cuda: Kind<Cuda> = {
  expects: '12 or 13, for which ONNX Runtime is released',
  parse: (text) => (text === '12' ? { value: 12 } : text === '13' ? { value: 13 } : undefined),
};

const flags = {
  cuda: {
    kind: optional(cuda),
    help: '12 or 13: the CUDA version that it is linked against; else what suits the machine, or what a named archive has',
  },
  into: { kind: optional(filePath), help: 'put the two libraries into this folder instead, and make it' },
  check: { kind: given, help: 'only look at what is there; ends with 1 where something is missing' },
  force: { kind: given, help: 'bring it although it is there already' },
};

export type Arguments = ValuesOf<typeof flags>;

/** @throws UsageError */
export function readArguments(args: readonly string[]): Arguments | 'help' {
  return readFlags(flags, args);
}

/** What --help prints. */
export function helpText(): string {
  return helpTextOf({
    usage: 'npm run setup:cuda -- [flags]',
    about: `Brings the CUDA execution provider of the installed onnxruntime-node, checked by its digest, and says what it needs on
this machine. Without more it is downloaded from the release of ONNX Runtime on GitHub, built for CUDA ${DEFAULT_CUDA}, or for
CUDA 12 where the driver, the card or the libraries that are there ask for that.`,
    flags,
    more: `  ORT_CUDA_ARCHIVE   another source: a file, a folder with one, or an https: URL, of a release archive (.tgz), a wheel of onnxruntime-gpu
                     (.whl) or Microsoft.ML.OnnxRuntime.Gpu.Linux (.nupkg)
  ORT_CUDA_SHA256    the SHA-256 that this archive has to have, in hex. Needed where it is not known here
  HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS   as everywhere`,
  });
}
