import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { copyModel, embeddedModels, scratchDirectory } from '../support/directories.ts';
import { expectError } from '../support/error-answer.ts';
import { type ServiceUnderTest, startService } from '../support/running-service.ts';

describe('the reference of an update', () => {
  let place: Awaited<ReturnType<typeof scratchDirectory>>;
  let root: string;
  let server: ServiceUnderTest;

  beforeAll(async () => {
    place = await scratchDirectory();
    root = join(place.path, 'models');
    await copyModel('demo', join(root, 'demo'));
    await copyModel('demo-next', join(place.path, 'outside'));
    await symlink(join(place.path, 'outside'), join(root, 'linked-directory'));
    for (const [name, file] of [
      ['linked-onnx', 'onnx/model.onnx'],
      ['linked-tokenizer', 'tokenizer.json'],
      ['linked-config', 'config.json'],
      ['linked-tokenizer-config', 'tokenizer_config.json'],
    ] as const) {
      await copyModel('demo-next', join(root, name));
      await rm(join(root, name, file));
      await symlink(join(place.path, 'outside', file), join(root, name, file));
    }
    await mkdir(join(root, 'inside'));
    await symlink(join(root, 'demo'), join(root, 'inside', 'link'));
    await writeFile(join(root, 'file'), 'x');
    server = await startService({ RERANK_MODELS_DIR: root });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await place[Symbol.asyncDispose]();
  });

  afterEach(async () => {
    expect((await server.client.info()).model_id).toBe('local://demo');
    expect(await server.state()).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['null', { model_path: null }],
    ['null under both names', { model_path: null, model: null }],
  ])('may not be missing: %s', async (_, body) => {
    const error = expectError(
      await server.client.post('/update', body),
      400,
      'invalid_request',
      /model_path is missing/,
    );
    expect(error.detail).toContain('{"model_path"');
  });

  it.each<[unknown, RegExp]>([
    [7, /^model_path: must be a string/],
    ['', /^model_path: must not be empty/],
    ['a'.repeat(5_000), /^model_path: must not be longer/],
    ['   ', /not a model reference/],
    ['local://', /not a model reference/],
    ['local:///etc', /not a model reference/],
    ['https://localhost/model', /not a model reference/],
    ['file:///etc', /not a model reference/],
    ['demo\0', /not a model reference/],
    ['local://\ud800', /not a model reference/],
  ])('must be one that the server understands: %j', async (model_path, message) => {
    expectError(await server.client.post('/update', { model_path }), 400, 'invalid_request', message);
  });

  it('must come in an object', async () => {
    for (const body of [[], null, 'local://demo']) {
      expectError(await server.client.post('/update', body), 400, 'invalid_request', /must be a JSON object/);
    }
  });

  it.each(['never', 'local://never', 'local://demo/config.json/x', `local://${'a'.repeat(300)}`])(
    'must be there: %j',
    async (model_path) => {
      const answer = await server.client.post('/update', { model_path });
      const error = expectError(answer, 404, 'model_not_found', /there is no model/);
      expect(error.detail).toContain(root);
    },
  );

  it.each([
    '../outside',
    'local://../outside',
    'local://demo/../../outside',
    '..',
    '.',
    './x',
    '/etc',
    '/',
    'local://.',
  ])('must not leave the model directories: %s', async (model_path) => {
    const answer = await server.client.post('/update', { model_path });
    const error = expectError(answer, 403, 'forbidden_reference', /leads outside the model directories/);
    expect(error.detail).toContain('RERANK_MODELS_DIR');
  });

  it('is no secret: what lies outside is forbidden whether it exists or not', async () => {
    const messages = new Set<string>();
    for (const path of [join(place.path, 'outside'), join(place.path, 'never')]) {
      const answer = await server.client.post('/update', { model_path: path });
      const { message } = expectError(answer, 403, 'forbidden_reference', /leads outside/);
      messages.add(message.replace(path, 'PATH'));
    }
    expect(messages.size).toBe(1);
  });

  it.each([
    'linked-directory',
    'linked-onnx',
    'linked-tokenizer',
    'linked-config',
    'linked-tokenizer-config',
  ])('must not leave them by a symbolic link: %s', async (name) => {
    const answer = await server.client.post('/update', { model_path: `local://${name}` });
    expectError(answer, 403, 'forbidden_reference', /leads outside the model directories/);
  });

  it('may be a symbolic link that stays inside', async () => {
    const { current_model } = await server.client.update('local://inside/link');
    expect(current_model).toBe('local://demo');
  });

  it('must be a directory', async () => {
    const answer = await server.client.post('/update', { model_path: 'local://file' });
    expectError(answer, 422, 'invalid_model', /is a file, not a model directory/);
    const onnx = await server.client.post('/update', { model_path: join(root, 'demo/onnx/model.onnx') });
    expectError(onnx, 422, 'invalid_model', /is a file, not a model directory/);
  });

  it('must be one model, not the directory of all of them', async () => {
    expectError(
      await server.client.post('/update', { model_path: root }),
      403,
      'forbidden_reference',
      /leads outside/,
    );
    expectError(
      await server.client.post('/update', { model_path: embeddedModels }),
      403,
      'forbidden_reference',
      /./,
    );
  });

  it('must not ask for a mode that does not exist', async () => {
    const answer = await server.client.post('/update', { model_path: 'local://demo', mode: 'sideways' });
    expectError(answer, 400, 'invalid_request', /^mode: must be/);
  });

  it.each(['never-given', '..', '%00'])('is no operation id: %s', async (id) => {
    const answer = await server.client.get(`/update/${encodeURIComponent(id)}`);
    expectError(answer, 404, 'not_found', /there is no/);
  });
});
