import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelCheck } from '../../../src/commands/doctor/checks/model.ts';
import type { Machine } from '../../../src/commands/doctor/machine.ts';
import { embeddedModels } from '../../support/directories.ts';
import { goldenRoot } from '../../support/golden.ts';
import { patient, told } from '../../support/patient.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const COMMIT = 'a'.repeat(40);

async function look(
  env: Readonly<Record<string, string>>,
  different: Partial<Machine> = {},
): Promise<string> {
  const state = { RERANK_STATE_DIR: await temporaryDirectory(), HF_HUB_CACHE: '/nowhere' };
  return told(await modelCheck.look(patient({ ...state, ...env }, different))).join('\n');
}

describe('the model that rerankd doctor looks at', () => {
  it('is complete, and there is memory for two', async () => {
    const found = await look({ RERANK_MODELS_DIR: embeddedModels });
    expect(found).toMatch(
      /^ok: local:\/\/demo is complete: \w+, .*export onnx\/model\.onnx\nok: .*of memory with 8 engines/,
    );
  });

  it('is known by its architecture, and compiled', async () => {
    const found = await look({ RERANK_MODELS_DIR: goldenRoot, RERANK_MODEL: 'local://bert' });
    expect(found).toMatch(/^ok: .*BertForSequenceClassification, .*compiled from its checkpoint/);
  });

  it('needs memory: too little is a problem, and too little for two is worth knowing', async () => {
    const free = (bytes: number) => ({ freeMemory: async () => ({ bytes, limitedBy: 'x' }) });
    const env = { RERANK_MODELS_DIR: embeddedModels, RERANK_ENGINES: '1' };
    expect(await look(env, free(10 * 2 ** 20))).toMatch(/\nproblem: .* needs about/);
    expect(await look(env, free(160 * 2 ** 20))).toMatch(/\nwarning: .*not enough for two/);
  });

  it('is refused on a GPU in int8, where it is a checkpoint', async () => {
    const checkpoint = { RERANK_MODELS_DIR: goldenRoot, RERANK_MODEL: 'local://bert', RERANK_DTYPE: 'int8' };
    const refused = /\nproblem: local:\/\/bert would be refused: RERANK_DTYPE=int8 is for CPUs/;
    for (const device of ['cuda', 'webgpu', 'auto'])
      expect(await look({ ...checkpoint, RERANK_DEVICE: device })).toMatch(refused);
    expect(await look({ ...checkpoint, RERANK_DEVICE: 'cpu' })).not.toMatch(/refused/);
    const without: Partial<Machine> = { info: async () => undefined };
    expect(await look({ ...checkpoint, RERANK_DEVICE: 'auto' }, without)).not.toMatch(/refused/);
  });

  it('needs memory on the card, too', async () => {
    const card = (total: number, used: number): Partial<Machine> => ({
      execute: async (_, [query = '']) => ({
        code: 0,
        stdout: query.includes('compute-apps')
          ? ''
          : `0, GPU-1, T4, ${total}, ${used}, ${total - used}, [N/A]\n`,
        stderr: '',
      }),
    });
    const model = { RERANK_MODELS_DIR: goldenRoot, RERANK_MODEL: 'local://bert' };
    // 24 times 172 KiB in single precision.
    const env = { ...model, RERANK_DEVICE: 'cuda', RERANK_ENGINES: '24' };
    expect(await look(env, card(1, 0))).toMatch(/\nproblem: the weights of .*, and T4 has 1/);
    expect(await look({ ...env, RERANK_DTYPE: 'fp32' }, card(3, 0))).toMatch(/\nproblem: the weights/);
    expect(await look(env, card(3, 0))).toMatch(/\nwarning: .* needs about .* of T4; 3/);
    expect(await look(env, card(81000, 100))).toMatch(/\nok: .* needs about .* of T4/);
    expect(await look({ ...env, RERANK_DEVICE: 'cpu' }, card(1, 0))).not.toMatch(/T4/);
  });

  it('is not there, incomplete, or not allowed', async () => {
    const root = await temporaryDirectory();
    await cp(join(goldenRoot, 'bert'), join(root, 'torn'), { recursive: true });
    await rm(join(root, 'torn/tokenizer.json'));
    const env = { RERANK_MODELS_DIR: root };
    expect(await look(env)).toMatch(/^problem: local:\/\/demo: there is no model/);
    expect(await look({ ...env, RERANK_MODEL: 'torn' })).toMatch(/^problem: torn: .* has no tokenizer\.json/);
    expect(await look({ ...env, RERANK_MODEL: '../x' })).toMatch(/^problem: \.\.\/x: .*leads outside/);
  });

  it('is of an architecture that nobody can build', async () => {
    const root = await temporaryDirectory();
    await cp(join(goldenRoot, 'bert'), join(root, 'odd'), { recursive: true });
    await writeFile(join(root, 'odd/config.json'), '{"architectures": ["T5ForConditionalGeneration"]}');
    expect(await look({ RERANK_MODELS_DIR: root, RERANK_MODEL: 'odd' })).toMatch(
      /^problem: odd: .*rerankd can't build "T5ForConditionalGeneration"/,
    );
  });

  it('is that of the hub cache, or is fetched, if that is allowed', async () => {
    const cache = await temporaryDirectory();
    const env = { RERANK_MODEL: 'org/bert', HF_HUB_CACHE: cache };
    expect(await look(env)).toMatch(/^ok: org\/bert is not here yet/);
    expect(await look({ ...env, HF_HUB_OFFLINE: '1' })).toMatch(
      /^problem: org\/bert is not here, and HF_HUB_OFFLINE/,
    );
    const folder = join(cache, 'models--org--bert');
    await mkdir(join(folder, 'refs'), { recursive: true });
    await writeFile(join(folder, 'refs/main'), COMMIT);
    await cp(join(goldenRoot, 'bert'), join(folder, 'snapshots', COMMIT), { recursive: true });
    expect(await look({ ...env, HF_HUB_OFFLINE: '1' })).toMatch(/^ok: org\/bert is complete/);
    expect(await look({ RERANK_MODEL: 'https://models.example/manifest.json' })).toMatch(/^problem/);
  });

  it('is the last good one, where there is one; a torn state file is told', async () => {
    const state = await temporaryDirectory();
    const digest = 'd'.repeat(64);
    const saved = {
      model: 'local://demo-next',
      digest,
      previous: null,
      pending: null,
      bootAttempts: 0,
      history: [],
    };
    await writeFile(join(state, '.last_good_model'), JSON.stringify(saved));
    const env = { RERANK_STATE_DIR: state, RERANK_MODELS_DIR: embeddedModels };
    expect(await look(env)).toMatch(
      /^ok: a start serves the last good model, local:\/\/demo-next.*\nok: local:\/\/demo-next is/,
    );
    await writeFile(join(state, '.last_good_model'), '{');
    expect(await look(env)).toMatch(/^warning: .*can't be read.*\nok: local:\/\/demo is complete/);
  });
});
