import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors.ts';
import type { FetchWork } from '../../../src/store/fetch-work.ts';
import type { ManifestReference } from '../../../src/store/manifest/fetch-manifest.ts';
import { createManifestSource, type ManifestSource } from '../../../src/store/manifest/manifest-source.ts';
import { publish } from '../../../src/store/manifest/publish.ts';
import { createTransport } from '../../../src/store/transport/create-transport.ts';
import { type DeltaWorld, deltaWorld, isContent } from '../../support/delta-world.ts';
import {
  type Content,
  givenContent,
  joinedContent,
  seededContent,
  sliceOf,
} from '../../support/fake-hub/content.ts';

const MIB = 2 ** 20;
/** Made once, not for every request. */
const held = (content: Content): Content => givenContent(content.read(0, content.size));
const weights = held(seededContent('weights', 32 * MIB));
const withLongerHeader = held(
  joinedContent(sliceOf(weights, 0, 300), givenContent('y'.repeat(37)), sliceOf(weights, 300)),
);
const config = givenContent('{"architectures":[]}');
const tokenizer = seededContent('tokenizer', 300_000);

describe('a published model', () => {
  let world: DeltaWorld;
  let source: ManifestSource;
  beforeEach(async () => {
    world = await deltaWorld();
    source = open();
  });

  const open = (more: { offline?: boolean; maxBytes?: number } = {}): ManifestSource =>
    createManifestSource({ root: join(world.directory, 'store'), offline: false, ...world.tools, ...more });

  const work = (changes: Partial<FetchWork> = {}): FetchWork => ({
    signal: new AbortController().signal,
    advance: () => {},
    warn: () => {},
    ...changes,
  });

  /** Publishes files as `rerankd publish` does, on the static server. */
  const serve = async (
    version: string,
    files: Readonly<Record<string, Content>>,
  ): Promise<ManifestReference> => {
    const directory = join(world.directory, 'published', version);
    const paths = Object.entries(files).map(([name, content]) => ({
      name,
      path: world.write(join('published', version, name), content),
    }));
    const { signal } = new AbortController();
    const { sha256 } = await publish({
      files: paths,
      directory,
      out: directory,
      signal,
      onProgress: () => {},
    });
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      const path = join(directory, name);
      if ((await stat(path)).isFile())
        world.hub.publish(`/models/${version}/${name}`, givenContent(readFileSync(path)));
    }
    return { url: new URL(`/models/${version}/manifest.json`, world.hub.cdnOrigin), sha256 };
  };

  const serveText = (text: string): ManifestReference => ({
    url: world.hub.publish('/hostile/manifest.json', givenContent(text)),
    sha256: createHash('sha256').update(text).digest('hex'),
  });

  const failureOf = async (task: Promise<unknown>): Promise<ServiceError> => {
    const failure: unknown = await task.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ServiceError);
    return failure as ServiceError;
  };

  it('comes with all its files, and is named by where it came from and its hash', async () => {
    const reference = await serve('v1', { 'config.json': config, 'onnx/model.onnx': tokenizer });
    const steps: number[] = [];
    const fetched = await source.fetch(
      reference,
      work({ advance: (done, total) => steps.push(done / total) }),
    );
    expect(fetched.reference).toBe(`${reference.url.href}#sha256=${reference.sha256}`);
    expect(fetched.files).toEqual(['config.json', 'onnx/model.onnx']);
    expect(await isContent(join(fetched.directory, 'config.json'), config)).toBe(true);
    expect(await isContent(join(fetched.directory, 'onnx/model.onnx'), tokenizer)).toBe(true);
    expect(steps.at(-1)).toBe(1);
  });

  it('that is here costs no request, also after a restart, with the server gone, and offline', async () => {
    const reference = await serve('v1', { 'config.json': config });
    const { directory } = await source.fetch(reference, work());
    world.hub.kill();
    world.hub.requests.clear();
    expect(await open({ offline: true }).fetch(reference, work())).toMatchObject({ directory });
    expect(await open().find(reference)).toMatchObject({ directory });
    expect((await open().list()).map(({ sha256 }) => sha256)).toEqual([reference.sha256]);
    expect(world.hub.requests.all).toEqual([]);
  });

  it('costs no request either when it is not here and the server is offline', async () => {
    const reference = await serve('v1', { 'config.json': config });
    expect(await failureOf(open({ offline: true }).fetch(reference, work()))).toMatchObject({
      type: 'unavailable',
    });
    expect(world.hub.requests.all).toEqual([]);
    expect(await source.find(reference)).toBeUndefined();
  });

  it('with 37 more bytes in the header of its weights costs at most 1 % of them', async () => {
    const others = { 'config.json': config, 'tokenizer.json': tokenizer };
    await source.fetch(await serve('v1', { ...others, 'model.safetensors': weights }), work());
    const next = await serve('v2', { ...others, 'model.safetensors': withLongerHeader });
    world.hub.requests.clear();
    const { directory } = await source.fetch(next, work());
    expect(await isContent(join(directory, 'model.safetensors'), withLongerHeader)).toBe(true);
    // Manifest, index and all.
    expect(world.hub.requests.bytesSent()).toBeLessThan(0.01 * weights.size);
    // What did not change was not asked for.
    expect(world.hub.requests.to('config.json')).toEqual([]);
    expect(world.hub.requests.to('tokenizer.json')).toEqual([]);
    expect(world.metrics.saved).toBeGreaterThan(0.99 * weights.size);
  });

  it('takes the delta from the version whose URL has most in common', async () => {
    const near = await serve('family/v1', { 'model.safetensors': sliceOf(weights, 0, 2 * MIB) });
    const far = await serve('other', { 'model.safetensors': seededContent('far', 2 * MIB) });
    await source.fetch(near, work());
    await source.fetch(far, work());
    const next = await serve('family/v2', { 'model.safetensors': sliceOf(withLongerHeader, 0, 2 * MIB) });
    world.hub.requests.clear();
    await source.fetch(next, work());
    expect(world.hub.requests.bytesSent()).toBeLessThan(MIB);
  });

  it('says why a file came whole that could have been a delta', async () => {
    await source.fetch(await serve('v1', { 'model.safetensors': sliceOf(weights, 0, 2 * MIB) }), work());
    const next = await serve('v2', { 'model.safetensors': sliceOf(withLongerHeader, 0, 2 * MIB) });
    world.hub.published.delete('/models/v2/model.safetensors.chunks');
    const warnings: string[] = [];
    await source.fetch(next, work({ warn: (message) => warnings.push(message) }));
    expect(warnings).toEqual([
      expect.stringMatching(/^model\.safetensors of http:.*manifest\.json was fetched whole: .*40[34]/),
    ]);
  });

  it('goes on after an interruption: files that came are not fetched again', async () => {
    const reference = await serve('v1', { 'config.json': config, 'tokenizer.json': tokenizer });
    world.hub.fault({ path: 'tokenizer.json', times: 99 }, { kind: 'flip', at: 7 });
    await failureOf(source.fetch(reference, work()));
    world.hub.clearFaults();
    expect(await source.find(reference)).toBeUndefined();
    world.hub.requests.clear();
    await open().fetch(reference, work());
    expect(world.hub.requests.all.map(({ path }) => path)).toEqual(['/models/v1/tokenizer.json']);
  });

  it('does not take a file for whole that is not', async () => {
    const reference = await serve('v1', { 'config.json': config, 'tokenizer.json': tokenizer });
    const { directory } = await source.fetch(reference, work());
    truncateSync(join(directory, 'tokenizer.json'), 1000);
    expect(await source.find(reference)).toBeUndefined();
    await source.fetch(reference, work());
    expect(await isContent(join(directory, 'tokenizer.json'), tokenizer)).toBe(true);
  });

  it('does not take over a file of another version that has changed there', async () => {
    const { directory } = await source.fetch(await serve('v1', { 'tokenizer.json': tokenizer }), work());
    writeFileSync(join(directory, 'tokenizer.json'), Buffer.alloc(tokenizer.size));
    const next = await source.fetch(
      await serve('v2', { 'tokenizer.json': tokenizer, 'config.json': config }),
      work(),
    );
    expect(await isContent(join(next.directory, 'tokenizer.json'), tokenizer)).toBe(true);
  });

  it('is fetched once by two who want it at the same time', async () => {
    const reference = await serve('v1', { 'config.json': config });
    await Promise.all([source.fetch(reference, work()), source.fetch(reference, work())]);
    expect(world.hub.requests.all.length).toBe(2);
  });

  it('is not waited for any longer than the one who asked wants to', async () => {
    const reference = await serve('v1', { 'config.json': config });
    world.hub.fault('config.json', { kind: 'stall', afterBytes: 3 });
    const given = new AbortController();
    world.metrics.onReceived = () => given.abort(new Error('given up'));
    await expect(source.fetch(reference, work({ signal: given.signal }))).rejects.toThrow('given up');
  });

  describe('is refused', () => {
    it('when the manifest is not the one of the reference', async () => {
      const reference = await serve('v1', { 'config.json': config });
      const other = { ...reference, sha256: '0'.repeat(64) };
      const failure = await failureOf(source.fetch(other, work()));
      expect(failure).toMatchObject({ type: 'source_failed' });
      expect(failure.detail).toMatch(reference.sha256);
      expect(world.hub.requests.to('config.json')).toEqual([]);
    });

    it('when there is no manifest', async () => {
      const reference = serveText('{}');
      const missing = { ...reference, url: new URL('/none/manifest.json', reference.url) };
      world.hub.fault('/none', { kind: 'status', status: 404 });
      expect(await failureOf(source.fetch(missing, work()))).toMatchObject({ type: 'model_not_found' });
    });

    it.each([
      ['a path that leaves the directory', '../../escaped.json'],
      ['an absolute path', '/tmp/escaped.json'],
      ['code', 'modeling.py'],
    ])('when it names %s', async (_, path) => {
      const file = { path, size: 3, sha256: createHash('sha256').update('abc').digest('hex') };
      const reference = serveText(JSON.stringify({ version: 1, files: [file] }));
      expect(await failureOf(source.fetch(reference, work()))).toMatchObject({ type: 'invalid_model' });
      expect(world.hub.requests.all.length).toBe(1);
      expect(readdirSync(world.directory, { recursive: true })).not.toContain('escaped.json');
    });

    it('when it is larger than allowed', async () => {
      const reference = await serve('v1', { 'tokenizer.json': tokenizer });
      const failure = await failureOf(open({ maxBytes: 1000 }).fetch(reference, work()));
      expect(failure).toMatchObject({ type: 'invalid_model' });
      expect(failure.message).toMatch(/1000 are allowed/);
    });

    it('when the manifest does not end', async () => {
      const endless = ' '.repeat(3 * MIB);
      const failure = await failureOf(source.fetch(serveText(endless), work()));
      expect(failure).toMatchObject({ type: 'source_failed' });
      expect(failure.message).toMatch(/more than/);
    });

    it('when a file is not what the manifest says', async () => {
      const reference = await serve('v1', { 'config.json': config });
      world.hub.publish('/models/v1/config.json', givenContent('{"architectures":{}}'));
      expect(await failureOf(source.fetch(reference, work()))).toMatchObject({ type: 'source_failed' });
      expect(await source.find(reference)).toBeUndefined();
    });

    it('when the server is not one that may be asked', async () => {
      const reference = await serve('v1', { 'config.json': config });
      const policy = { allowPrivate: false, allowedHosts: 'any', tokens: new Map() } as const;
      const transport = createTransport({ ...policy, clock: world.tools.clock, logger: world.log.logger });
      const guarded = createManifestSource({
        ...world.tools,
        transport,
        root: join(world.directory, 'other'),
        offline: false,
      });
      expect(await failureOf(guarded.fetch(reference, work()))).toMatchObject({
        type: 'forbidden_reference',
      });
      expect(world.hub.requests.all).toEqual([]);
    });
  });
});
