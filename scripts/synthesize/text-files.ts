import { architectures } from './architectures/registry.ts';
import { configJson } from './config-json.ts';
import { jsonPieces } from './json-pieces.ts';
import { type CheckpointRequest, shapeOf } from './request.ts';
import { tokenizers } from './tokenizer/registry.ts';
import { specialTokensConfig, specialTokensMap } from './tokenizer/special-tokens.ts';

/** The files of a checkpoint beside its weights: names, and contents in pieces. */
export function* textFiles(
  request: CheckpointRequest,
): Generator<readonly [name: string, content: Iterable<string>]> {
  const { architecture, size } = request;
  const shape = shapeOf(architecture, size);
  const maxTokens = architectures[architecture].maxTokens(shape);
  const { tokenizer, config, specialTokens } = tokenizers[architecture](shape.vocabulary);
  yield ['tokenizer.json', json(tokenizer)];
  yield [
    'tokenizer_config.json',
    json({ ...specialTokensConfig(specialTokens), ...config, model_max_length: maxTokens }),
  ];
  yield ['special_tokens_map.json', json(specialTokensMap(specialTokens))];
  yield ['README.md', [modelCard(request)]];
  yield ['config.json', [configJson(architecture, shape, request.labels, request.dtype)]];
}

function* json(value: object): Generator<string> {
  yield* jsonPieces(value);
  yield '\n';
}

function modelCard({ architecture, size, seed, dtype }: CheckpointRequest): string {
  return `# ${architecture}, ${size}, with random weights

This model has the shapes, the files and the speed of a real reranker, and knows nothing: its scores are noise. Made for trying
servers out by \`npm run checkpoint:synthesize -- --arch ${architecture} --size ${size} --seed ${seed} --dtype ${dtype}\`.
`;
}
