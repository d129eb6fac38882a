import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedModels } from '../../../test/support/directories.ts';
import { type Candidate, invalid, rejected } from './candidate.ts';
import { CheckpointFile, spoilt, spoiltWeights } from './checkpoint-file.ts';

const OUTPUT = 'classifier.out_proj.weight';
const INNER = 'roberta.encoder.layer.1.output.dense.weight';
const WORDS = 'roberta.embeddings.word_embeddings.weight';

const withConfig = (fields: object) =>
  spoilt('xlm-roberta', async (directory) => {
    const path = join(directory, 'config.json');
    const config = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...config, ...fields }));
  });

/** Writes one 32-bit float over all weights of a tensor. */
const filled = (name: string, value: number) =>
  spoiltWeights((file) => {
    const bytes = file.bytesOf(name);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeFloatLE(value, at);
    return undefined;
  });

/** Checkpoints as training left them, and then something happened. */
export const checkpointCandidates: readonly Candidate[] = [
  {
    what: 'truncated weights',
    expected: invalid(/model\.safetensors is truncated/),
    write: spoilt('xlm-roberta', (directory) => truncate(join(directory, 'model.safetensors'), 100_000)),
  },
  {
    what: 'weights cut off inside the header',
    expected: invalid(/model\.safetensors is truncated/),
    write: spoilt('xlm-roberta', (directory) => truncate(join(directory, 'model.safetensors'), 1000)),
  },
  {
    what: 'weights of no bytes',
    expected: invalid(/model\.safetensors is empty/),
    write: spoilt('xlm-roberta', (directory) => truncate(join(directory, 'model.safetensors'), 0)),
  },
  {
    what: 'weights that are a Git LFS pointer',
    expected: invalid(/Git LFS pointer.*git lfs pull/s),
    write: spoilt('xlm-roberta', (directory) =>
      writeFile(
        join(directory, 'model.safetensors'),
        `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 1234567\n`,
      ),
    ),
  },
  {
    what: 'a tensor of the wrong shape',
    expected: invalid(/dense\.weight.*shape|\[32, 64\]|\[64, 32\]/s),
    write: spoiltWeights((file) => {
      file.entry(INNER).shape.reverse();
      return undefined;
    }),
  },
  {
    what: 'a tensor that is missing',
    expected: invalid(/output\.dense\.weight/),
    write: spoiltWeights((file) =>
      JSON.stringify(file.header).replace(`"${INNER}"`, `"${INNER}_of_another_model"`),
    ),
  },
  {
    what: 'a tensor of a type that nobody knows',
    expected: invalid(/type "F12"/),
    write: spoiltWeights((file) => {
      file.entry(INNER).dtype = 'F12';
      return undefined;
    }),
  },
  {
    what: 'the same tensor twice in the header',
    expected: invalid(/twice/),
    write: spoiltWeights((file) =>
      JSON.stringify(file.header).replace(
        '{',
        `{${JSON.stringify(INNER)}:${JSON.stringify(file.entry(INNER))},`,
      ),
    ),
  },
  {
    what: 'tensors that overlap',
    expected: invalid(/overlaps/),
    write: spoiltWeights((file) => {
      file.entry(INNER).data_offsets = [0, file.bytesOf(INNER).length];
      return undefined;
    }),
  },
  {
    what: 'a tensor beyond the end of the file',
    expected: invalid(/truncated|belong to no tensor|overlaps/),
    write: spoiltWeights((file) => {
      const { data_offsets } = file.entry(INNER);
      const length = data_offsets[1] - data_offsets[0];
      file.entry(INNER).data_offsets = [2 ** 40, 2 ** 40 + length];
      return undefined;
    }),
  },
  {
    what: 'a header that is longer than the file',
    expected: invalid(/begins with a header of|truncated/),
    write: spoilt('xlm-roberta', async (directory) => {
      const path = join(directory, 'model.safetensors');
      const file = await readFile(path);
      file.writeBigUInt64LE(2n ** 62n);
      await writeFile(path, file);
    }),
  },
  {
    what: 'a shard that is missing',
    expected: invalid(/model-00002-of-00003\.safetensors/),
    write: spoilt('xlm-roberta-sharded', (directory) =>
      rm(join(directory, 'model-00002-of-00003.safetensors')),
    ),
  },
  {
    what: 'a shard that is another one',
    expected: invalid(/both in|in none of the files/),
    write: spoilt('xlm-roberta-sharded', (directory) =>
      copyFile(
        join(directory, 'model-00001-of-00003.safetensors'),
        join(directory, 'model-00002-of-00003.safetensors'),
      ),
    ),
  },
  {
    what: 'an index that names a file elsewhere',
    expected: invalid(/no name of a safetensors file beside it/),
    write: spoilt('xlm-roberta-sharded', async (directory) => {
      const path = join(directory, 'model.safetensors.index.json');
      const index = await readFile(path, 'utf8');
      await writeFile(path, index.replaceAll('model-00002', '../../secret/model-00002'));
    }),
  },
  {
    what: 'weights that are no numbers (NaN)',
    expected: rejected(/not (finite|numbers)/),
    write: filled(INNER, Number.NaN),
  },
  {
    what: 'infinite weights',
    expected: rejected(/not (finite|numbers)|same score/),
    write: filled(OUTPUT, Number.POSITIVE_INFINITY),
  },
  {
    what: 'weights that were too large for float16',
    expected: rejected(/not (finite|numbers)|same score/),
    write: spoilt('xlm-roberta-fp16', async (directory) => {
      const path = join(directory, 'model.safetensors');
      const file = await readFile(path);
      // Every sixteenth weight near the end, where the encoder and the head lie, as +infinity in binary16.
      for (let at = file.length - 20_000; at < file.length; at += 32) file.writeUInt16LE(0x7c00, at);
      await writeFile(path, file);
    }),
  },
  {
    what: 'a head of zeros: the same score for all',
    expected: rejected(/same score/),
    write: filled(OUTPUT, 0),
  },
  {
    what: 'three labels',
    expected: invalid(/label/i),
    write: withConfig({
      id2label: { '0': 'A', '1': 'B', '2': 'C' },
      label2id: { A: 0, B: 1, C: 2 },
      num_labels: 3,
    }),
  },
  {
    what: 'a vocabulary that is larger in config.json than in the weights',
    expected: invalid(/word_embeddings.*\[562, 32\]|vocab/s),
    write: withConfig({ vocab_size: 1000 }),
  },
  {
    what: 'more layers in config.json than in the weights',
    expected: invalid(/layer\.2/),
    write: withConfig({ num_hidden_layers: 3 }),
  },
  {
    what: 'heads that do not divide the width',
    expected: invalid(/num_attention_heads|heads/),
    write: withConfig({ num_attention_heads: 5 }),
  },
  {
    what: 'an architecture that nobody knows',
    expected: invalid(/can't build "HyenaForSequenceClassification".*It knows/),
    write: withConfig({ model_type: 'hyena', architectures: ['HyenaForSequenceClassification'] }),
  },
  {
    what: 'the tokenizer of another model, with more tokens',
    expected: {
      outcome: 'refused',
      errorTypes: ['invalid_model', 'rejected_by_gate'],
      says: /ind(ex|ices)|vocab|token|out of/i,
    },
    write: spoilt('xlm-roberta', (directory) =>
      copyFile(join(embeddedModels, 'demo', 'tokenizer.json'), join(directory, 'tokenizer.json')),
    ),
  },
  {
    what: 'embeddings of too few rows for the tokenizer',
    expected: {
      outcome: 'refused',
      errorTypes: ['invalid_model', 'rejected_by_gate'],
      says: /ind(ex|ices)|vocab|token|out of/i,
    },
    write: spoilt('xlm-roberta', async (directory) => {
      const file = await CheckpointFile.open(directory);
      file.shorten(WORDS, 100);
      await file.write();
      const path = join(directory, 'config.json');
      const config = JSON.parse(await readFile(path, 'utf8')) as object;
      await writeFile(path, JSON.stringify({ ...config, vocab_size: 100 }));
    }),
  },
];
