import { type Dtype, exportNames } from './model-layout.ts';

const CHECKPOINT_NAMES = ['model.safetensors', 'model.safetensors.index.json'];

/** Pickles run code when they are read: that is why rerankd doesn't. */
const PICKLES = ['pytorch_model.bin', 'pytorch_model.bin.index.json'];

const DTYPES = ['fp32', 'fp16', 'int8'] as const;

/**
 * What to do about a model without weights that can be served in a dtype.
 * @param has whether a file of that name is there
 * @param source what `from_pretrained` takes: a directory or `org/name`
 */
export async function missingWeightsAdvice(
  dtype: Dtype,
  has: (name: string) => boolean | Promise<boolean>,
  source: string,
): Promise<string> {
  const first = async (names: readonly string[]): Promise<string | undefined> => {
    for (const name of names) if (await has(name)) return name;
    return undefined;
  };
  const sentences = [`Looked for ${[...CHECKPOINT_NAMES, ...exportNames(dtype)].join(', ')}.`];
  for (const other of DTYPES.filter((form) => form !== dtype)) {
    const name = await first(exportNames(other));
    if (name !== undefined) sentences.push(`There is ${name}: ask for ${other}, or leave the dtype out.`);
  }
  const pickle = await first(PICKLES);
  if (pickle !== undefined) {
    sentences.push(
      `${pickle} is not read. In Python, AutoModelForSequenceClassification.from_pretrained("${source}").save_pretrained(DIR) makes safetensors of it, and AutoTokenizer does the same for the tokenizer.`,
    );
  }
  return sentences.join(' ');
}
