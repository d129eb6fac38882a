import { filePath, given, oneOf, wholeNumber } from '../flags/kinds.ts';
import { helpText as helpTextOf } from '../flags/manual.ts';
import { readFlags } from '../flags/read-flags.ts';
import { architectureNames, sizeNames } from './architectures/architecture.ts';
import { architectures } from './architectures/registry.ts';
import { fileSize } from './file-size.ts';
import { type CheckpointRequest, requestDefaults, shapeOf } from './request.ts';
import { type Dtype, dtypes } from './weights/dtype.ts';
import { elementsOf } from './weights/tensor-spec.ts';

/** More labels than any classifier of pairs has. */
const MOST_LABELS = 1000;

const dtypeNames = Object.keys(dtypes) as Dtype[];

const flags = {
  arch: { kind: oneOf(architectureNames), help: architectureNames.join(', ') },
  size: { kind: oneOf(sizeNames), help: `${sizeNames.join(', ')}; see below` },
  out: { kind: filePath, help: 'the directory to write; it appears when everything is in it' },
  seed: { kind: wholeNumber(0), default: String(requestDefaults.seed), help: 'same seed, same weights' },
  dtype: { kind: oneOf(dtypeNames), default: requestDefaults.dtype, help: dtypeNames.join(', ') },
  'max-shard-size': {
    kind: fileSize,
    default: `${requestDefaults.maxShardBytes / 1e9}GB`,
    help: 'weights that a file may hold, as in 500MB, 1GB, 2GiB',
  },
  labels: {
    kind: wholeNumber(1, MOST_LABELS),
    default: String(requestDefaults.labels),
    help: 'logits of the classifier',
  },
  force: { kind: given, help: 'replace the model that is in the directory' },
};

/**
 * Understands the command line.
 * @throws UsageError that says which flag is wrong and what it takes; SynthesisError where there is no such model.
 */
export function readArguments(args: readonly string[]): CheckpointRequest | 'help' {
  const values = readFlags(flags, args);
  if (values === 'help') return 'help';
  const { arch: architecture, out: directory, 'max-shard-size': maxShardBytes, ...others } = values;
  shapeOf(architecture, others.size);
  return { ...others, architecture, directory, maxShardBytes };
}

/** What --help prints. */
export function helpText(): string {
  return helpTextOf({
    usage: 'npm run checkpoint:synthesize -- --arch A --size S --out DIR [flags]',
    about:
      'Writes a Hugging Face model directory with random weights: real shapes and file sizes, and a working tokenizer.',
    flags,
    more: `Millions of parameters (four bytes each in fp32, else two):
${architectureNames.map(sizesOf).join('\n')}`,
  });
}

function sizesOf(name: (typeof architectureNames)[number]): string {
  const architecture = architectures[name];
  const each = Object.entries(architecture.sizes).map(([size, shape]) => {
    const parameters = architecture.tensors(shape, 1).reduce((sum, tensor) => sum + elementsOf(tensor), 0);
    return `${size} ${(parameters / 1e6).toFixed(parameters < 1e6 ? 2 : 0)}`;
  });
  return `  ${name.padEnd(12)} ${each.join(', ')}`;
}
