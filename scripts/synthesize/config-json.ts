import type { ArchitectureName, Shape } from './architectures/architecture.ts';
import { architectures } from './architectures/registry.ts';
import { pythonJson } from './python-json.ts';
import { type Dtype, dtypes } from './weights/dtype.ts';

/** The release of transformers whose files these are like: of version 4, as nearly all published checkpoints are. */
const TRANSFORMERS_VERSION = '4.57.6';

/** The text of config.json, as transformers' `save_pretrained` writes it. */
export function configJson(name: ArchitectureName, shape: Shape, labels: number, dtype: Dtype): string {
  const architecture = architectures[name];
  const labelNames = Array.from({ length: labels }, (_, index) => `LABEL_${index}`);
  return pythonJson({
    ...architecture.config(shape),
    model_type: name,
    architectures: [architecture.className],
    vocab_size: shape.vocabulary,
    initializer_range: 0.02,
    id2label: Object.fromEntries(labelNames.map((label, index) => [index, label])),
    label2id: Object.fromEntries(labelNames.map((label, index) => [label, index])),
    dtype: dtypes[dtype].torchName,
    transformers_version: TRANSFORMERS_VERSION,
  });
}
