import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Updated } from '../support/client.ts';
import { copyModel, scratchDirectory } from '../support/directories.ts';
import { goldenRoot, readGolden } from '../support/golden.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

/** A shape that every head of these tiny models fits in, so that pairs are not cut. */
const SHORT = 20;

describe('a checkpoint', () => {
  let models: Awaited<ReturnType<typeof scratchDirectory>>;
  let server: ServiceUnderTest | undefined;
  beforeEach(async () => {
    models = await scratchDirectory();
    await copyModel('demo', join(models.path, 'demo'));
  });
  afterEach(async () => {
    await server?.[Symbol.asyncDispose]();
    server = undefined;
    await models[Symbol.asyncDispose]();
  });
  const take = (fixture: string, name = fixture) =>
    cp(join(goldenRoot, fixture), join(models.path, name), { recursive: true });
  const start = async (settings: Record<string, string> = {}): Promise<ServiceUnderTest> => {
    server = await startService({ RERANK_MODELS_DIR: models.path, RERANK_ENGINES: '1', ...settings });
    return server;
  };
  const update = (to: string) =>
    (server as ServiceUnderTest).client.post<Updated>('/update', { model_path: `local://${to}` });
  const edit = async (file: string, change: (json: Record<string, unknown>) => void) => {
    const path = join(models.path, file);
    const json = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    change(json);
    await writeFile(path, JSON.stringify(json));
  };

  it('is served as training left it, with the scores that transformers gives', async () => {
    await take('xlm-roberta');
    const { client } = await start({ RERANK_DTYPE: 'fp32', RERANK_MODEL: 'local://xlm-roberta' });
    const golden = readGolden('xlm-roberta');
    const pairs = golden.pairs.filter(
      ({ input_ids, maxLength }) => input_ids.length < Math.min(maxLength, 64) && input_ids.length > SHORT,
    );
    expect(pairs.length).toBeGreaterThan(5);
    for (const { query, document, logits, name } of pairs) {
      const [logit] = await client.logits(query, [document]);
      expect(Math.abs((logit ?? Number.NaN) - (logits[0] ?? 0)) / golden.logitSpread, name).toBeLessThan(
        1e-4,
      );
    }
    const { body } = await client.get<{ model_dtype: string }>('/info');
    expect(body.model_dtype).toBe('fp32');
  });

  it('takes the place of another one, in shards or in half precision, and gives it back', async () => {
    for (const name of ['xlm-roberta-sharded', 'xlm-roberta-bf16', 'modernbert']) await take(name);
    await start({ RERANK_DTYPE: 'int8', RERANK_MODEL: 'local://xlm-roberta-sharded' });
    for (const name of ['xlm-roberta-bf16', 'modernbert']) {
      expect((await update(name)).body).toMatchObject({
        status: 'success',
        current_model: `local://${name}`,
      });
    }
    const back = await server?.client.post<Updated>('/rollback', {});
    expect(back?.body).toMatchObject({ current_model: 'local://xlm-roberta-bf16' });
  });

  it('is compiled once for all starts', async () => {
    await take('bert');
    const stateDirectory = join(models.path, 'state');
    const settings = { RERANK_DTYPE: 'int8', RERANK_MODEL: 'local://bert', RERANK_STATE_DIR: stateDirectory };
    const first = await start(settings);
    expect(first.log.find(/compiling a graph in int8/)).toBeDefined();
    await first[Symbol.asyncDispose]();
    const second = await start(settings);
    expect(second.log.find(/compiling/)).toBeUndefined();
  });

  it('is served in int8 on auto only when that ranks as fp32 does', async () => {
    await take('bert');
    const { client, log } = await start({ RERANK_MODEL: 'local://bert' });
    const { body } = await client.get<{ model_dtype: string }>('/info');
    const verdict = log.find(/int8 does not rank as fp32 does/) === undefined ? 'int8' : 'fp32';
    expect(log.find(/comparing int8 with fp32/)).toBeDefined();
    expect(body.model_dtype).toBe(verdict);
  });

  it('wins over an export beside it, but the export serves an architecture that is unknown', async () => {
    await take('bert', 'both');
    await cp(join(models.path, 'demo/onnx'), join(models.path, 'both/onnx'), { recursive: true });
    await cp(join(models.path, 'demo/tokenizer.json'), join(models.path, 'both/tokenizer.json'));
    const { client } = await start({ RERANK_DTYPE: 'fp32' });
    await edit('both/config.json', (config) => {
      config['architectures'] = ['GPT9ForSequenceClassification'];
      // As the tokenizer that came with the export.
      config['vocab_size'] = 65_888;
    });
    expect((await update('both')).status).toBe(200);
    const { body } = await client.get<{ model_dtype: string }>('/info');
    expect(body.model_dtype).toBe('as exported');
  });

  it.each<[string, string, (directory: string) => Promise<void>, RegExp]>([
    [
      'an unknown architecture',
      'bert',
      (at) => edit(`${at}/config.json`, (c) => void (c['architectures'] = ['GPT9ForSequenceClassification'])),
      /can't build "GPT9ForSequenceClassification".*ONNX export/,
    ],
    [
      'a missing layer',
      'bert',
      (at) => edit(`${at}/config.json`, (c) => void (c['num_hidden_layers'] = 9)),
      /no tensor "bert\.encoder\.layer\.\d+\.attention\.self\.query\.weight"/,
    ],
    [
      'a tensor of another shape',
      'bert',
      (at) => edit(`${at}/config.json`, (c) => void (c['vocab_size'] = 77)),
      /word_embeddings\.weight" in model\.safetensors has the shape.*must be \[77,/,
    ],
    [
      'an unknown activation',
      'bert',
      (at) => edit(`${at}/config.json`, (c) => void (c['hidden_act'] = 'snake')),
      /config\.json: hidden_act/,
    ],
    [
      'heads that do not divide',
      'bert',
      (at) => edit(`${at}/config.json`, (c) => void (c['num_attention_heads'] = 7)),
      /multiple of num_attention_heads/,
    ],
    [
      'relative positions',
      'bert',
      (at) => edit(`${at}/config.json`, (c) => void (c['position_embedding_type'] = 'relative_key')),
      /position_embedding_type.*absolute/,
    ],
    [
      'labels that say nothing',
      'bert-two-labels',
      (at) => edit(`${at}/config.json`, (c) => void (c['id2label'] = { 0: 'LABEL_0', 1: 'LABEL_1' })),
      /2 labels \(LABEL_0, LABEL_1\)/,
    ],
    ['a convolution', 'deberta-v2-conv', async () => {}, /conv_kernel_size: models with a convolution/],
    [
      'a shard that is not there',
      'xlm-roberta-sharded',
      (at) => rm(join(models.path, at, 'model-00002-of-00003.safetensors')),
      /model-00002-of-00003\.safetensors/,
    ],
    [
      'a truncated file',
      'bert',
      async (at) => {
        const path = join(models.path, at, 'model.safetensors');
        await writeFile(path, (await readFile(path)).subarray(0, -10));
      },
      /model\.safetensors is truncated/,
    ],
  ])(
    'with %s is refused by name, and the old model keeps serving',
    async (_what, fixture, damage, message) => {
      await take(fixture, 'broken');
      await damage('broken');
      const { client } = await start();
      const { status, body } = await client.post<{ error_type: string; message: string }>('/update', {
        model_path: 'local://broken',
      });
      expect(status).toBe(422);
      expect(body.error_type).toBe('invalid_model');
      expect(body.message).toMatch(message);
      const { body: info } = await client.get<{ model_id: string }>('/info');
      expect(info.model_id).toBe('local://demo');
    },
  );
});
