import { describe, expect, it } from 'vitest';
import { formatManifest, type Manifest, parseManifest } from '../../../src/store/manifest/manifest.ts';

const sha256 = '0123456789abcdef'.repeat(4);
const file = { path: 'config.json', size: 10, sha256 };
const MAX = 1000;

const parse = (manifest: unknown): Manifest => parseManifest(Buffer.from(JSON.stringify(manifest)), MAX);
const withPath = (path: string) => ({ version: 1, files: [{ ...file, path }] });

describe('a manifest', () => {
  it('names files, with their chunk indexes where there are some', () => {
    const files = [
      file,
      { path: 'onnx/model.onnx_data', size: 900, sha256, chunks: 'onnx/model.onnx_data.chunks' },
    ];
    expect(parse({ version: 1, files })).toEqual({ version: 1, files });
  });

  it('is the same whatever the order of the files', () => {
    const other = { path: 'Zeta', size: 1, sha256, chunks: undefined };
    expect(formatManifest([file, other])).toBe(formatManifest([other, file]));
    expect(parseManifest(Buffer.from(formatManifest([file, other])), MAX).files.length).toBe(2);
  });

  it.each([
    '../config.json',
    'a/../../config.json',
    '/etc/passwd',
    '//host/share',
    'C:\\model\\config.json',
    'a\\..\\b',
    '..',
    '.',
    '',
    'a//b',
    'a/',
    './config.json',
    '.git/config',
    'onnx/.hidden',
    'a/%00\0b',
    'line\nbreak',
    'right\u202Eto-left.json',
    'zero\u200Bwidth',
    'file:stream',
    'what?.json',
    'trailing.',
    'trailing ',
    'a'.repeat(201),
    'a/'.repeat(9) + 'b',
    `${'long/'.repeat(120)}x`,
  ])('that names %j is refused', (path) => {
    expect(() => parse(withPath(path))).toThrow(/manifest\.json: files\[0\]/);
    const index = { ...file, chunks: `${path}.chunks` };
    if (!['', 'trailing.', 'trailing '].includes(path)) {
      expect(() => parse({ version: 1, files: [index] })).toThrow(/manifest\.json: files\[0\]/);
    }
  });

  it.each(['modeling.py', 'pytorch_model.bin', 'a/pytorch_model-00001-of-00002.bin', 'w.PKL', 'model.ckpt'])(
    'that names code, as in %s, is refused',
    (path) => {
      expect(() => parse(withPath(path))).toThrow(/code/);
    },
  );

  it.each([
    ['another version', { version: 2, files: [file] }],
    ['no files', { version: 1, files: [] }],
    [
      'too many files',
      {
        version: 1,
        files: Array.from({ length: 1001 }, (_, n) => ({ ...file, path: `f${n}`, size: 1 - 0 })),
      },
    ],
    ['a size below nothing', { version: 1, files: [{ ...file, size: -1 }] }],
    ['a size of nothing', { version: 1, files: [{ ...file, size: 0 }] }],
    ['a size that is none', { version: 1, files: [{ ...file, size: 1.5 }] }],
    ['a size beyond all disks', { version: 1, files: [{ ...file, size: 2 ** 50 }] }],
    ['more bytes than are allowed', { version: 1, files: [file, { ...file, path: 'b', size: 991 }] }],
    ['a hash that is none', { version: 1, files: [{ ...file, sha256: 'abc' }] }],
    ['a hash that is a path', { version: 1, files: [{ ...file, sha256: `../${sha256.slice(3)}` }] }],
    ['an index that is none', { version: 1, files: [{ ...file, chunks: 'config.json' }] }],
    ['two files of one name', { version: 1, files: [file, file] }],
    ['two names that differ by case', { version: 1, files: [file, { ...file, path: 'CONFIG.json' }] }],
    [
      'two ways to write é',
      {
        version: 1,
        files: [
          { ...file, path: '\u00E9' },
          { ...file, path: 'e\u0301' },
        ],
      },
    ],
    [
      'a file that is a folder',
      {
        version: 1,
        files: [
          { ...file, path: 'a/b' },
          { ...file, path: 'A' },
        ],
      },
    ],
    ['a list', [file]],
    ['null', null],
  ])('with %s is refused', (_, manifest) => {
    expect(() => parse(manifest)).toThrow(/manifest\.json|it names|is a file and a folder|are allowed/);
  });

  it.each([
    ['HTML', Buffer.from('<html></html>')],
    ['broken UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['nothing', Buffer.alloc(0)],
  ])('that is %s is refused', (_, bytes) => {
    expect(() => parseManifest(bytes, MAX)).toThrow(/not JSON/);
  });
});
