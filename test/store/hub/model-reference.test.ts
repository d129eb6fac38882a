import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatReference,
  type ModelReference,
  parseReference,
} from '../../../src/store/hub/model-reference.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const SHA256 = COMMIT.slice(0, 24) + COMMIT;

const hub = (id: string, more: object = {}) => ({
  source: 'hub',
  id,
  revision: undefined,
  subpath: undefined,
  explicit: true,
  ...more,
});

describe('a reference', () => {
  it.each<[string, object]>([
    ['local://demo', { source: 'local', name: 'demo' }],
    ['demo', { source: 'local', name: 'demo' }],
    ['  local://demo  ', { source: 'local', name: 'demo' }],
    ['local://./a', { source: 'local', name: 'a' }],
    ['local://org/../a', { source: 'local', name: 'a' }],
    ['local://größe 2/π', { source: 'local', name: 'größe 2/π' }],
    ['local://name@main', { source: 'local', name: 'name@main' }],
    ['name@main', { source: 'local', name: 'name@main' }],
    ['a/b/c', { source: 'local', name: 'a/b/c' }],
    ['org--x/name', { source: 'local', name: 'org--x/name' }],
    ['/models/a/../b', { source: 'path', path: '/models/b' }],
    ['./a', { source: 'path', path: resolve('a') }],
    ['../a', { source: 'path', path: resolve('../a') }],
    ['org/name', hub('org/name', { explicit: false })],
    ['org/name/', hub('org/name', { explicit: false })],
    ['BAAI/bge-reranker-v2-m3@main', hub('BAAI/bge-reranker-v2-m3', { revision: 'main', explicit: false })],
    ['org/name@feature%2Fx', hub('org/name', { revision: 'feature/x', explicit: false })],
    ['org/name@refs/pr/1', hub('org/name', { revision: 'refs/pr/1', explicit: false })],
    ['hf://org/name', hub('org/name')],
    [`hf://org/name@${COMMIT}`, hub('org/name', { revision: COMMIT })],
    ['hf://org/name@v1.0/onnx/int8', hub('org/name', { revision: 'v1.0', subpath: 'onnx/int8' })],
    ['hf://org/name@refs/pr/12/sub', hub('org/name', { revision: 'refs/pr/12', subpath: 'sub' })],
    ['hf://org/name@refs%2Fpr%2F12/sub', hub('org/name', { revision: 'refs/pr/12', subpath: 'sub' })],
    ['hf://org/name/sub/', hub('org/name', { subpath: 'sub' })],
    [
      `https://host/a/manifest.json#sha256=${SHA256}`,
      { source: 'manifest', url: new URL('https://host/a/manifest.json'), sha256: SHA256 },
    ],
    [
      `http://127.0.0.1:8080/manifest.json#sha256=${SHA256}`,
      { source: 'manifest', url: new URL('http://127.0.0.1:8080/manifest.json'), sha256: SHA256 },
    ],
  ])('%s is understood', (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });

  it.each([
    '',
    ' ',
    'local://',
    'local:///etc',
    'LOCAL://a',
    's3://bucket/a',
    'a\0b',
    'a\nb',
    'org\\name',
    '..\\..\\windows',
    'local://a\u202Egpj.exe',
    'hf://org/na\u200Bme',
    'hf://ｏrg/name',
    'hf://оrg/name', // The first letter is Cyrillic.
    'hf://name',
    'hf://org/name/../other',
    'hf://org/../name',
    'hf://../name',
    'hf:///org/name',
    'hf://org//name',
    'hf://org/name//sub',
    'hf://org/name/./sub',
    'hf://org/name/%2e%2e/sub',
    'hf://org/name/C:/sub',
    'hf://org--x/name',
    'hf://org/name.git',
    'hf://.org/name',
    'hf://org/name@',
    'hf://org/name@..',
    'hf://org/name@a%2F..%2Fb',
    'hf://org/name@%2Fetc',
    'hf://org/name@a%00b',
    'hf://org/name@a%5Cb',
    'hf://org/name@%zz',
    'hf://org/name@%252e',
    'hf://org/name@-rf',
    `hf://org/name@${'a'.repeat(201)}`,
    `hf://org/${'a'.repeat(97)}`,
    'org/name@feature/x',
    `local://${'a'.repeat(5000)}`,
    'https://host/manifest.json',
    'https://host/manifest.json#sha256=abc',
    `https://host/manifest.json#sha256=${SHA256.toUpperCase()}`,
    `http://host/manifest.json#sha256=${SHA256}`,
    `http://127.0.0.1.example/manifest.json#sha256=${SHA256}`,
    `https://user:password@host/manifest.json#sha256=${SHA256}`,
    `https://host/manifest.json?signature=hunter2#sha256=${SHA256}`,
    `https://#sha256=${SHA256}`,
  ])('%j is refused', (text) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({ name: 'ServiceError', type: 'invalid_request' }),
    );
  });

  it.each(['local://..', 'local://.', 'local://a/..', 'local://../outside', 'a/../../b'])(
    '%s is forbidden: it leaves the model directories',
    (text) => {
      expect(() => parseReference(text)).toThrow(expect.objectContaining({ type: 'forbidden_reference' }));
    },
  );

  it.each([
    `https://user:hunter2@host/manifest.json#sha256=${SHA256}`,
    `https://host/manifest.json?signature=hunter2#sha256=${SHA256}`,
  ])('with a secret in it is refused without repeating the secret', (text) => {
    expect.assertions(1);
    try {
      parseReference(text);
    } catch (error) {
      expect(String(error)).not.toContain('hunter2');
    }
  });

  it('that was formatted is parsed to itself', () => {
    fc.assert(
      fc.property(anyReference, (reference) => {
        expect(parseReference(formatReference(reference))).toEqual(reference);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['local://name /', '/models/name /', './name /', 'some name /.'])(
    'a directory whose name ends in a space is refused: %j',
    (text) => {
      expect(() => parseReference(text)).toThrow(/white space/);
    },
  );

  it('whatever it is, is understood or refused for a reason, and never names a place outside', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'hf://',
        'local://',
        'https://',
        '@',
        '/',
        '..',
        '.',
        '%2F',
        '%',
        '\\',
        'org/name',
        'refs/pr/1',
        '#sha256=',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const reference = understood(pieces.join(''));
        if (reference === undefined) return;
        expect(parseReference(formatReference(reference))).toEqual(reference);
        for (const path of pathsOf(reference)) {
          expect(path.split('/')).not.toContain('..');
          expect(path).not.toMatch(/^\/|\\|\0/);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function understood(text: string): ModelReference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    expect(error).toMatchObject({ name: 'ServiceError' });
    return undefined;
  }
}

/** What becomes a part of paths. */
function pathsOf(reference: ModelReference): string[] {
  if (reference.source === 'local') return [reference.name];
  if (reference.source === 'hub')
    return [reference.id, reference.revision ?? 'main', reference.subpath ?? 'a'];
  return [];
}

const word = fc
  .stringMatching(/^[A-Za-z0-9_](?:[A-Za-z0-9_.]{0,8}[A-Za-z0-9_])?$/)
  .filter((text) => !text.includes('..'));
const id = fc
  .tuple(word, word)
  .map(([org, name]) => `${org}/${name}`)
  .filter((text) => !text.endsWith('.git'));
const segments = (part: fc.Arbitrary<string>) =>
  fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const revision = fc.oneof(
  fc.constantFrom('main', 'refs/pr/1', 'refs/convert/parquet', COMMIT),
  segments(word),
);
const localName = segments(
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter(
      (text) => !/[\\/:\p{C}\p{Zl}\p{Zp}]/u.test(text) && text.trim() === text && !/^\.\.?$/.test(text),
    ),
);

const anyReference: fc.Arbitrary<ModelReference> = fc.oneof(
  localName.map((name) => ({ source: 'local' as const, name })),
  localName.map((name) => ({ source: 'path' as const, path: `/${name}` })),
  fc.record({
    source: fc.constant('hub' as const),
    id,
    revision: fc.option(revision, { nil: undefined }),
    subpath: fc.option(segments(word), { nil: undefined }),
    explicit: fc.constant(true),
  }),
  fc.record({
    source: fc.constant('hub' as const),
    id,
    revision: fc.option(revision, { nil: undefined }),
    subpath: fc.constant(undefined),
    explicit: fc.constant(false),
  }),
  fc.webUrl({ validSchemes: ['https'], withQueryParameters: false }).map((text) => ({
    source: 'manifest' as const,
    url: new URL(text),
    sha256: SHA256,
  })),
);
