import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { architectureNames, sizeNames } from '../../scripts/synthesize/architectures/architecture.ts';
import { architectures } from '../../scripts/synthesize/architectures/registry.ts';
import { configJson } from '../../scripts/synthesize/config-json.ts';
import { float, pythonJson } from '../../scripts/synthesize/python-json.ts';
import { shapeOf } from '../../scripts/synthesize/request.ts';
import { readJson, synthesized } from './support/synthesized.ts';

describe('config.json', () => {
  it.each(architectureNames)('says what the model is: %s', async (architecture) => {
    const directory = await synthesized({ architecture, dtype: 'bf16' });
    const shape = shapeOf(architecture, 'tiny');
    expect(await readJson(directory, 'config.json')).toMatchObject({
      model_type: architecture,
      architectures: [architectures[architecture].className],
      vocab_size: shape.vocabulary,
      max_position_embeddings: shape.positions,
      dtype: 'bfloat16',
      id2label: { 0: 'LABEL_0' },
      label2id: { LABEL_0: 0 },
    });
  });

  it('has the fields of the published models that decide how a graph looks', () => {
    const config = (name: (typeof architectureNames)[number], size: (typeof sizeNames)[number]) =>
      JSON.parse(configJson(name, shapeOf(name, size), 1, 'fp32'));
    expect(config('xlm-roberta', 'large')).toMatchObject({
      hidden_size: 1024,
      num_hidden_layers: 24,
      max_position_embeddings: 8194,
      vocab_size: 250_002,
      layer_norm_eps: 1e-5,
      type_vocab_size: 1,
      pad_token_id: 1,
    });
    expect(config('modernbert', 'base')).toMatchObject({
      num_hidden_layers: 22,
      intermediate_size: 1152,
      global_attn_every_n_layers: 3,
      local_attention: 128,
      pad_token_id: 50_283,
      cls_token_id: 50_281,
    });
    expect(config('deberta-v2', 'base')).toMatchObject({
      relative_attention: true,
      position_buckets: 256,
      pos_att_type: ['p2c', 'c2p'],
      share_att_key: true,
      norm_rel_ebd: 'layer_norm',
      position_biased_input: false,
      type_vocab_size: 0,
    });
    expect(config('distilbert', 'base')).toMatchObject({ dim: 768, n_layers: 6, n_heads: 12 });
    expect(config('electra', 'tiny')).toMatchObject({ embedding_size: 24, hidden_size: 32 });
  });

  it('is spelt as Python spells it', () => {
    const value = { b: float(1e-12), a: [float(2), 0.1, 1], c: { 10: 'x', 9: null }, d: [], e: float(1e-5) };
    expect(pythonJson(value)).toBe(
      [
        '{',
        '  "a": [',
        '    2.0,',
        '    0.1,',
        '    1',
        '  ],',
        '  "b": 1e-12,',
        '  "c": {',
        '    "9": null,',
        '    "10": "x"',
        '  },',
        '  "d": [],',
        '  "e": 1e-05',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('warns in the model card that the scores mean nothing', async () => {
    const card = await readFile(join(await synthesized({ seed: 5 }), 'README.md'), 'utf8');
    expect(card).toContain('its scores are noise');
    expect(card).toContain('--arch bert --size tiny --seed 5 --dtype fp32');
  });
});
