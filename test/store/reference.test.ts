import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ModelRoots } from '../../src/store/reference.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let base: string;
let roots: ModelRoots;

beforeEach(async () => {
  base = await temporaryDirectory();
  for (const directory of ['first/a', 'first/org/name', 'second/b', 'second/a', 'outside/c']) {
    await mkdir(join(base, directory), { recursive: true });
    await writeFile(join(base, directory, 'config.json'), '{}');
    await writeFile(join(base, directory, 'tokenizer.json'), '{}');
    await writeFile(join(base, directory, 'model.safetensors'), 'weights');
  }
  await symlink(join(base, 'outside/c'), join(base, 'first/escape'));
  await symlink(join(base, 'first/a'), join(base, 'first/alias'));
  roots = new ModelRoots([join(base, 'first'), join(base, 'second')]);
});

describe('a reference', () => {
  it('may be spelled in several ways that mean the same', async () => {
    const expected = { reference: 'local://a', directory: join(base, 'first/a') };
    for (const spelling of [
      'local://a',
      'a',
      'local://./a',
      ' local://a ',
      join(base, 'first/a'),
      'local://org/../a',
    ]) {
      expect(await roots.resolve(spelling)).toEqual(expected);
      expect(roots.canonical(spelling)).toBe(expected.reference);
    }
    expect((await roots.resolve('org/name')).reference).toBe('local://org/name');
  });

  it('is looked for in every root, in order', async () => {
    expect((await roots.resolve('local://b')).directory).toBe(join(base, 'second/b'));
    expect((await roots.resolve(join(base, 'second/a'))).reference).toBe(join(base, 'second/a'));
  });

  it('must not leave the roots, by name, by path or by link', async () => {
    const escapes = [
      '../outside/c',
      'local://../outside/c',
      join(base, 'outside/c'),
      '/etc',
      'local://escape',
      'local://..',
      'local://.',
      '.',
    ];
    for (const reference of escapes) {
      await expect(roots.resolve(reference), reference).rejects.toMatchObject({
        type: 'forbidden_reference',
      });
    }
  });

  it('may go through a link that stays inside', async () => {
    expect((await roots.resolve('local://alias')).directory).toBe(join(base, 'first/a'));
  });

  it('to nothing is not found, with the places that were searched', async () => {
    await expect(roots.resolve('local://nothing')).rejects.toMatchObject({
      type: 'model_not_found',
      detail: expect.stringContaining(join(base, 'second/nothing')),
    });
  });

  it('to a file is refused', async () => {
    await expect(roots.resolve('local://a/config.json')).rejects.toMatchObject({ type: 'invalid_model' });
  });

  it('of an unknown form is refused', async () => {
    for (const reference of ['', 'local://', 's3://bucket/a', 'https://host/a', 'a\0b', 'local:///etc']) {
      await expect(roots.resolve(reference), reference).rejects.toMatchObject({ type: 'invalid_request' });
    }
  });

  it('is listed for every model directory', async () => {
    const all = [
      join(base, 'second/a'),
      join(base, 'second/b'),
      'local://a',
      'local://alias',
      'local://escape',
      'local://org/name',
    ];
    expect(new Set(await roots.list()).isSubsetOf(new Set(all))).toBe(true);
    expect(await roots.list()).toEqual(
      expect.arrayContaining(['local://a', 'local://org/name', join(base, 'second/b')]),
    );
  });

  it('is not listed for a directory that lacks what a model needs', async () => {
    const put = async (name: string, files: Readonly<Record<string, string>>): Promise<void> => {
      for (const [file, content] of Object.entries(files)) {
        await mkdir(dirname(join(base, 'third', name, file)), { recursive: true });
        await writeFile(join(base, 'third', name, file), content);
      }
    };
    const about = { 'config.json': '{}', 'tokenizer.json': '{}' };
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n';
    const index = JSON.stringify({ weight_map: { a: 'one.safetensors', b: 'two.safetensors' } });
    await put('pickle', { ...about, 'pytorch_model.bin': 'x' });
    await put('pointer', { ...about, 'model.safetensors': pointer });
    await put('tokenizer-pointer', { ...about, 'tokenizer.json': pointer, 'model.safetensors': 'x' });
    await put('no-tokenizer', { 'config.json': '{}', 'model.safetensors': 'x' });
    await put('half', { ...about, 'model.safetensors.index.json': index, 'one.safetensors': 'x' });
    await put('sharded', {
      ...about,
      'model.safetensors.index.json': index,
      'one.safetensors': 'x',
      'two.safetensors': 'x',
    });
    await put('export', { ...about, 'onnx/model_quantized.onnx': 'x' });
    const listed = await new ModelRoots([join(base, 'third')]).list();
    expect(listed).toEqual(['local://export', 'local://sharded']);
  });
});
