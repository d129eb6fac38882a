import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** What is around a body. */
export interface Envelope {
  readonly method: string;
  /** What follows the path. */
  readonly suffix: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encode: (bytes: Buffer) => Buffer;
  /** Without a length, in chunks. */
  readonly isChunked: boolean;
  /** The client hangs up after so many bytes of the body; undefined: it sends all of it. */
  readonly leavesAfter: number | undefined;
}

const plain: Envelope = {
  method: 'POST',
  suffix: '',
  headers: { 'content-type': 'application/json' },
  encode: (bytes) => bytes,
  isChunked: false,
  leavesAfter: undefined,
};

const contentType = fc
  .constantFrom(
    'application/json; charset=utf-8',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    'application/json; charset=bogus',
    'application/vnd.api+json',
    'application/json, text/plain',
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    '',
    'x',
  )
  .map((type): Envelope => ({ ...plain, headers: { 'content-type': type } }));

const encoded = fc
  .constantFrom<readonly [string, (bytes: Buffer) => Buffer]>(
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['gzip', (bytes) => bytes],
    ['gzip', (bytes) => gzipSync(bytes).subarray(0, -9)],
    ['deflate', gzipSync],
    ['bogus', (bytes) => bytes],
    ['identity', (bytes) => bytes],
    ['gzip, gzip', gzipSync],
    ['zstd', (bytes) => bytes],
  )
  .map(
    ([name, encode]): Envelope => ({
      ...plain,
      encode,
      headers: { ...plain.headers, 'content-encoding': name },
    }),
  );

const oddHeader = fc
  .constantFrom<readonly [string, string]>(
    ['authorization', 'Bearer None'],
    ['authorization', 'Bearer'],
    ['authorization', 'Basic Og=='],
    ['authorization', 'x'.repeat(4000)],
    ['api-key', ''],
    ['x-api-key', 'None'],
    ['x-request-id', '../../x'],
    ['x-request-id', 'a'.repeat(3000)],
    ['accept', 'text/html'],
    ['accept-encoding', 'bogus;q=9'],
    ['accept-charset', 'utf-7'],
    ['if-none-match', '*'],
    ['range', 'bytes=0-1'],
    ['origin', 'null'],
    ['traceparent', '00-zz-zz-zz'],
    ['x-forwarded-for', '127.0.0.1, ::1'],
    ['x-http-method-override', 'DELETE'],
    ['content-language', '\u00ff'],
    ['cookie', 'a='.repeat(500)],
    ['te', 'trailers'],
  )
  .map(([name, value]): Envelope => ({ ...plain, headers: { ...plain.headers, [name]: value } }));

const suffix = fc
  .constantFrom(
    '/',
    '?x=1',
    '?query[]=1&__proto__[a]=b',
    '//',
    '/%00',
    '/%',
    '/..',
    '#x',
    ';x',
    '?'.padEnd(2000, 'a'),
  )
  .map((tail): Envelope => ({ ...plain, suffix: tail }));

const method = fc
  .constantFrom('GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'PROPFIND', 'QUERY')
  .map((name): Envelope => ({ ...plain, method: name }));

const leaves = fc.nat(60).map((bytes): Envelope => ({ ...plain, leavesAfter: bytes }));

export const envelope: fc.Arbitrary<Envelope> = fc.oneof(
  { weight: 24, arbitrary: fc.constant(plain) },
  { weight: 2, arbitrary: fc.constant<Envelope>({ ...plain, isChunked: true }) },
  { weight: 3, arbitrary: contentType },
  { weight: 2, arbitrary: encoded },
  { weight: 2, arbitrary: oddHeader },
  { weight: 1, arbitrary: suffix },
  { weight: 1, arbitrary: method },
  { weight: 1, arbitrary: leaves },
);
