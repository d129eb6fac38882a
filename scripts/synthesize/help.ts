import { architectureNames } from './architectures/architecture.ts';
import { architectures } from './architectures/registry.ts';
import { dtypes } from './weights/dtype.ts';
import { elementsOf } from './weights/tensor-spec.ts';

/** What --help prints. */
export function helpText(): string {
  return `Writes a Hugging Face model directory with random weights: real shapes and file sizes, and a working tokenizer.

Usage: npm run checkpoint:synthesize -- --arch A --size S --out DIR [flags]

  --arch A               ${architectureNames.join(', ')}
  --size S               see below
  --out DIR              the directory to write; it appears when everything is in it
  --seed N               same seed, same weights (default 0)
  --dtype D              ${Object.keys(dtypes).join(', ')} (default fp32)
  --max-shard-size SIZE  weights that a file may hold, as in 500MB, 1GB, 2GiB (default 50GB)
  --labels N             logits of the classifier (default 1)
  --force                replace the model that is in DIR
  --help                 this text

Millions of parameters (four bytes each in fp32, else two):
${architectureNames.map(sizesOf).join('\n')}
`;
}

function sizesOf(name: (typeof architectureNames)[number]): string {
  const architecture = architectures[name];
  const each = Object.entries(architecture.sizes).map(([size, shape]) => {
    const parameters = architecture.tensors(shape, 1).reduce((sum, tensor) => sum + elementsOf(tensor), 0);
    return `${size} ${(parameters / 1e6).toFixed(parameters < 1e6 ? 2 : 0)}`;
  });
  return `  ${name.padEnd(12)} ${each.join(', ')}`;
}
