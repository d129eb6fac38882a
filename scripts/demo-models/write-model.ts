import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel } from '../../src/graph/onnx/encode.ts';
import { interactionModel } from './interaction-graph.ts';
import { modelCard } from './model-card.ts';
import { configJson } from './model-config.ts';
import { buildTables } from './tables.ts';
import { specialTokensJson, tokenizerConfigJson, tokenizerJson } from './tokenizer-files.ts';
import type { Variant } from './variant.ts';
import { buildVocabulary } from './vocabulary.ts';

/**
 * Writes a variant as a model directory in Hugging Face layout, `<root>/<variant's name>`. The bytes depend on
 * nothing but the source.
 *
 * @returns the model directory
 */
export async function writeModel(variant: Variant, root: string): Promise<string> {
  const directory = join(root, variant.name);
  const vocabulary = buildVocabulary();
  const files: Record<string, string | Uint8Array> = {
    'README.md': modelCard(variant),
    'config.json': pretty(configJson(vocabulary.pieces.length)),
    'onnx/model.onnx': encodeModel(interactionModel(buildTables(vocabulary), variant)),
    'special_tokens_map.json': pretty(specialTokensJson()),
    // Sixty thousand vocabulary entries: without line breaks, to keep it small.
    'tokenizer.json': `${JSON.stringify(tokenizerJson(vocabulary.pieces))}\n`,
    'tokenizer_config.json': pretty(tokenizerConfigJson()),
  };
  await mkdir(join(directory, 'onnx'), { recursive: true });
  for (const [path, content] of Object.entries(files)) await writeFile(join(directory, path), content);
  return directory;
}

function pretty(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
