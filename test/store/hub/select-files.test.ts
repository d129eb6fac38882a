import { describe, expect, it } from 'vitest';
import { startFakeHub } from '../../support/fake-hub/fake-hub.ts';
import { HubStore, hubReference } from '../../support/hub/hub-store.ts';
import { aboutFiles, checkpointFiles, onnxModel } from '../../support/hub/repositories.ts';

const ABOUT = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
const UNKNOWN = aboutFiles('NewForSequenceClassification');
const INDEX = 'model.safetensors.index.json';
const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
const sharded = {
  [INDEX]: JSON.stringify({ weight_map: { a: SHARDS[0], b: SHARDS[1] } }),
  'model-00001-of-00002.safetensors': 'a shard',
  'model-00002-of-00002.safetensors': 'another shard',
  'model-00003-of-00003.safetensors': 'of something else',
};

type Files = Parameters<ReturnType<Awaited<ReturnType<typeof startFakeHub>>['repository']>['commit']>[0];
type Dtype = 'auto' | 'fp32' | 'fp16' | 'int8';

async function fetched(files: Files, dtype: Dtype = 'auto') {
  const hub = await startFakeHub();
  await using _ = hub;
  const commit = hub.repository('org/name').commit(files);
  const store = await HubStore.open({ hubs: [hub.origin] });
  const reference = hubReference('org/name');
  const snapshot = await store.snapshots.fetch(reference, store.work(), dtype);
  const requested = hub.requests.to('/resolve/').map(({ path }) => path.split(`${commit}/`)[1] ?? '');
  expect(await store.snapshots.find(reference, dtype)).toEqual(snapshot);
  // The same content under two names is fetched once.
  expect(new Set(requested).size).toBe(requested.length);
  expect(snapshot.files).toEqual(expect.arrayContaining(requested));
  expect(requested).toHaveLength(new Set(snapshot.files.map((path) => JSON.stringify(files[path]))).size);
  expect(store.progress.at(-1)?.[0]).toBe(store.progress.at(-1)?.[1]);
  return snapshot.files.toSorted();
}

describe('what is fetched of a repository', () => {
  it.each<[string, Files, Dtype, string[]]>([
    ['one file of weights', checkpointFiles('weights'), 'auto', ['model.safetensors']],
    ['an index and its shards', { ...aboutFiles(), ...sharded }, 'auto', [INDEX, ...SHARDS]],
    [
      'one file rather than shards',
      { ...aboutFiles(), ...sharded, 'model.safetensors': 'w' },
      'auto',
      ['model.safetensors'],
    ],
    ['weights of any dtype: they are compiled', checkpointFiles('weights'), 'int8', ['model.safetensors']],
    [
      'a golden set and special tokens',
      { ...checkpointFiles('w'), 'golden.json': '{}', 'special_tokens_map.json': '{}' },
      'auto',
      ['model.safetensors', 'golden.json', 'special_tokens_map.json'],
    ],
    [
      'the export of an unknown architecture',
      { ...checkpointFiles('w'), ...UNKNOWN },
      'auto',
      ['onnx/model.onnx'],
    ],
    [
      'the export in the dtype',
      { ...checkpointFiles('w'), ...UNKNOWN },
      'int8',
      ['onnx/model_quantized.onnx'],
    ],
    [
      'weights of an unknown architecture without an export',
      { ...UNKNOWN, 'model.safetensors': 'w' },
      'auto',
      ['model.safetensors'],
    ],
    [
      'the one export there is, with exactly its own data',
      {
        ...aboutFiles(),
        'onnx/model.onnx': onnxModel(['model.onnx_data', 'model.onnx_data_2']),
        'onnx/model.onnx_data': 'w',
        'onnx/model.onnx_data_1': 'likely, but not named',
        'onnx/model.onnx_data_2': 'w',
        'onnx/model_fp16.onnx': onnxModel(['model_fp16.onnx_data']),
        'onnx/model_fp16.onnx_data': 'w',
      },
      'auto',
      ['onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/model.onnx_data_2'],
    ],
    [
      'data under any name, in any folder below',
      {
        ...aboutFiles(),
        'model.onnx': onnxModel(['weights/all.bin', './weights/all.bin']),
        'weights/all.bin': 'w',
        'all.bin': 'w',
      },
      'fp32',
      ['model.onnx', 'weights/all.bin'],
    ],
  ])('%s', async (_, files, dtype, expected) => {
    expect(await fetched(files, dtype)).toEqual([...ABOUT, ...expected].toSorted());
  });

  it.each<[string, Files, RegExp]>([
    ['config.json', { 'tokenizer.json': '{}', 'model.safetensors': 'w' }, /has no config.json/],
    ['tokenizer.json', { 'config.json': '{}', 'model.safetensors': 'w' }, /has no tokenizer.json/],
    ['weights', { ...aboutFiles(), 'pytorch_model.bin': 'pickle' }, /no weights/],
    ['a shard', { ...aboutFiles(), [INDEX]: sharded[INDEX] }, /no model-00001.*index.json names/],
    [
      'external data',
      { ...aboutFiles(), 'model.onnx': onnxModel(['w.bin']) },
      /no w.bin, which model.onnx names/,
    ],
  ])('a repository without %s is refused', async (_, files, message) => {
    await expect(fetched(files)).rejects.toMatchObject({
      type: 'invalid_model',
      message: expect.stringMatching(message),
    });
  });

  it('a repository with a pickle is refused with how to convert it, one without is not told so', async () => {
    await expect(fetched({ ...aboutFiles(), 'pytorch_model.bin': 'pickle' })).rejects.toMatchObject({
      detail: expect.stringMatching(
        /pytorch_model\.bin is not read.*from_pretrained\("org\/name"\)/,
      ) as string,
    });
    await expect(
      fetched({ ...aboutFiles(), 'onnx/model.onnx': onnxModel([]) }, 'fp16'),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/has no weights for fp16$/) as string,
      detail: expect.stringMatching(/^(?!.*pytorch).*There is onnx\/model\.onnx: ask for fp32/) as string,
    });
  });

  it.each<[string, Files]>([
    ['an index that climbs', { ...aboutFiles(), [INDEX]: '{"weight_map": {"a": "../../x.safetensors"}}' }],
    ['an index that is broken', { ...aboutFiles(), [INDEX]: '{' }],
    [
      'an export that keeps its weights outside',
      { ...aboutFiles(), 'model.onnx': onnxModel(['../../etc/passwd']) },
    ],
    ['an export that is none', { ...aboutFiles(), 'model.onnx': 'version https://git-lfs' }],
    ['a config that is no JSON', { ...checkpointFiles('w'), 'config.json': '{' }],
  ])('a repository with %s is refused', async (_, files) => {
    await expect(fetched(files)).rejects.toMatchObject({ type: 'invalid_model' });
  });
});
