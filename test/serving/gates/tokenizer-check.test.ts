import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ArchitectureName } from '../../../scripts/synthesize/architectures/architecture.ts';
import { architectures } from '../../../scripts/synthesize/architectures/registry.ts';
import { PairEncoder } from '../../../src/model/tokenizer/pair-encoder.ts';
import type { Finding } from '../../../src/serving/gates/finding.ts';
import { checkTokenizer } from '../../../src/serving/gates/tokenizer-check.ts';
import { synthesized } from '../../scripts/support/synthesized.ts';
import { embeddedModels } from '../../support/directories.ts';
import { fakeCandidate } from '../../support/fake-candidate.ts';
import { goldenCases, goldenRoot } from '../../support/golden.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

const demo = join(embeddedModels, 'demo');
const fixture = (name: string): string => join(goldenRoot, name);

/** What is said of the model in a directory. */
async function lookAt(directory: string): Promise<Finding> {
  const encoder = await PairEncoder.load(join(directory, 'tokenizer.json'));
  const candidate = fakeCandidate({ inspectTokenizer: (request) => encoder.inspect(request) });
  return await checkTokenizer(candidate, directory, new AbortController().signal);
}

/** A model with some files of another one. */
async function mixed(model: string, other: string, files: readonly string[]): Promise<string> {
  const directory = await temporaryDirectory();
  for (const file of FILES) {
    await cp(join(files.includes(file) ? other : model, file), join(directory, file));
  }
  return directory;
}

type Json = Record<string, unknown>;

/** A model with one file changed. */
async function edited(model: string, file: string, change: (json: Json) => unknown): Promise<string> {
  const directory = await mixed(model, model, []);
  const path = join(directory, file);
  const json = JSON.parse(await readFile(path, 'utf8')) as Json;
  change(json);
  await writeFile(path, JSON.stringify(json));
  return directory;
}

const message = async (directory: string): Promise<string> => {
  const finding = await lookAt(directory);
  expect(finding).toMatchObject({ passed: false });
  expect(finding.message).toMatch(/^its tokenizer is not its own: /);
  return finding.message.replace('its tokenizer is not its own: ', '');
};

describe('the tokenizer check passes', () => {
  it.each(['demo', 'demo-next'])('the embedded model %s', async (name) => {
    expect(await lookAt(join(embeddedModels, name))).toEqual({
      passed: true,
      message: 'its tokenizer has 65888 tokens and fits the model',
    });
  });

  it.each(goldenCases)('the fixture %s', async (name) => {
    expect(await lookAt(fixture(name))).toMatchObject({ passed: true });
  });

  it.each(Object.keys(architectures) as ArchitectureName[])('a synthesized %s', async (architecture) => {
    expect(await lookAt(await synthesized({ architecture }))).toMatchObject({ passed: true });
  });

  it('a table with some rows to spare, and files that say nothing', async () => {
    const spare = await edited(fixture('deberta-v2'), 'config.json', (json) => (json['vocab_size'] = 640));
    expect(await lookAt(spare)).toMatchObject({ passed: true });
    const silent = await edited(fixture('deberta-v2'), 'config.json', (json) => {
      delete json['vocab_size'];
      delete json['pad_token_id'];
    });
    await writeFile(join(silent, 'tokenizer_config.json'), '{"cls_token": 7}');
    expect(await lookAt(silent)).toMatchObject({ passed: true });
  });

  it('a tokenizer without a decoder, whose texts can not come back', async () => {
    const mute = await edited(fixture('bert'), 'tokenizer.json', (json) => (json['decoder'] = null));
    expect(await lookAt(mute)).toMatchObject({ passed: true });
  });
});

describe('the tokenizer check refuses', () => {
  it('more tokens than there are embeddings', async () => {
    const directory = await edited(fixture('bert'), 'config.json', (json) => (json['vocab_size'] = 639));
    expect(await message(directory)).toBe(
      'it has 640 tokens, and config.json has vocab_size 639: there is no embedding for the last ones',
    );
  });

  it('far fewer tokens than there are embeddings', async () => {
    const directory = await edited(fixture('bert'), 'config.json', (json) => (json['vocab_size'] = 1281));
    expect(await message(directory)).toBe(
      'it has 640 tokens, and config.json has vocab_size 1281: most embeddings would never be used',
    );
  });

  it('special tokens with other ids', async () => {
    const directory = await edited(fixture('roberta'), 'config.json', (json) =>
      Object.assign(json, { pad_token_id: 0, eos_token_id: 1 }),
    );
    expect(await message(directory)).toBe(
      'config.json has pad_token_id 0, but <pad> is token 1; config.json has eos_token_id 1, but </s> is token 2',
    );
    await writeFile(join(directory, 'tokenizer_config.json'), '{}');
    expect(await message(directory)).toBe('config.json has pad_token_id 0, but <pad> is token 1');
  });

  it('special tokens with other ids than tokenizer_config.json gives them', async () => {
    const directory = await edited(fixture('bert'), 'tokenizer_config.json', (json) => {
      const added = json['added_tokens_decoder'] as Json;
      [added['2'], added['3']] = [added['3'], added['2']];
    });
    expect(await message(directory)).toBe(
      'in tokenizer_config.json [SEP] is token 2, in tokenizer.json 3, [CLS] is token 3, in tokenizer.json 2',
    );
  });

  it('plain English that is mostly unknown', async () => {
    const directory = await edited(fixture('bert'), 'tokenizer.json', ({ model }) => {
      const { vocab } = model as { vocab: Record<string, number> };
      const foreign = Object.entries(vocab).map(([token, id]) =>
        token.startsWith('[') ? [token, id] : [String.fromCodePoint(0x4e00 + id), id],
      );
      (model as Json)['vocab'] = Object.fromEntries(foreign);
    });
    expect(await message(directory)).toMatch(/^16 of the 16 tokens of "The tide .*" are unknown/);
  });

  it('texts that become other texts', async () => {
    const directory = await edited(fixture('roberta'), 'tokenizer.json', (json) => {
      json['decoder'] = { type: 'Replace', pattern: { String: 'e' }, content: 'a' };
    });
    expect(await message(directory)).toMatch(
      /"The tide comes .*" becomes ".*tida.*", which has other tokens/,
    );
  });

  const families = ['bert', 'deberta-v2', 'modernbert', 'roberta', 'xlm-roberta'];
  const swaps = families.flatMap((model) =>
    families.filter((other) => other !== model).map((other) => [model, other] as const),
  );

  it.each(swaps)('in a %s the tokenizer.json of a %s', async (model, other) => {
    await message(await mixed(fixture(model), fixture(other), ['tokenizer.json']));
  });

  /** Special tokens that both have in the same places, and in these fixtures nearly the same number of tokens. */
  const hidden = new Set(['roberta in xlm-roberta', 'deberta-v2 in bert']);

  it.each(swaps.filter(([model, other]) => !hidden.has(`${other} in ${model}`)))(
    'in a %s all tokenizer files of a %s',
    async (model, other) => {
      await message(await mixed(fixture(model), fixture(other), ['tokenizer.json', 'tokenizer_config.json']));
    },
  );

  it('the tokenizer of the embedded model in a fixture, and the other way round', async () => {
    for (const files of [['tokenizer.json'], ['tokenizer.json', 'tokenizer_config.json']]) {
      expect(await message(await mixed(fixture('bert'), demo, files))).toMatch(/no embedding/);
      expect(await message(await mixed(demo, fixture('bert'), files))).toMatch(/most embeddings/);
    }
  });
});
