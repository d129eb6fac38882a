import fc from 'fast-check';

/** Stands in a string for JSON that `JSON.stringify` can't write; see `toText`. */
const RAW = '\u0001raw:';

/** JSON text as a value in a tree. */
function raw(text: string): string {
  return RAW + text;
}

/** Writes a tree as JSON, with what `raw` left in it put in unquoted. */
export function toText(tree: unknown): string {
  return JSON.stringify(tree).replaceAll(/"\\u0001raw:([^"]*)"/g, '$1');
}

/** Values that a field does not expect. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1, 1.5, '', ' ', '\t\n', [], {}, [[]], [null]),
  fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53) - 2, 1e21, 1e308, -1e308, 5e-324, -0),
  fc.constantFrom(raw('1e999'), raw('-1e999'), raw('0.1e-9999'), raw('9'.repeat(400)), raw('-0.0')),
  fc.constantFrom('NaN', 'Infinity', '-Infinity', 'null', 'undefined', 'true', 'FALSE', '0x10', '1e3', '007'),
  fc.constantFrom(
    '\0',
    'a\0b',
    '\ud800',
    '\udc00\ud800',
    'x\ud83d',
    '\uffff',
    '\ufeff',
    '\u202e',
    '🇫🇷',
    'e\u0301',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '<script>',
    '${7*7}',
    '../../etc/passwd',
    "'; --",
    '%00',
    '\r\n\r\n',
  ),
  fc.constantFrom<unknown>(
    JSON.parse('{"__proto__": {"polluted": true}}'),
    JSON.parse('{"constructor": {"prototype": {"polluted": true}}}'),
    JSON.parse('{"toString": 1, "valueOf": null, "hasOwnProperty": "x", "length": -1}'),
    JSON.parse('{"then": "x", "toJSON": 1}'),
    { text: null },
    { text: { text: 'deep' } },
    { content: [{ type: 'image_url', image_url: { url: 'x' } }] },
    { content: [{ type: 'text', text: 'a part' }, null, 7] },
  ),
  fc.integer({ min: 1, max: 2000 }).map((depth) => raw('['.repeat(depth) + ']'.repeat(depth))),
  fc.integer({ min: 1, max: 20_000 }).map((length) => 'word '.repeat(length).slice(0, length)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Names that a request may have beside its own. */
export const oddKey: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'length',
    '',
    '0',
    ' ',
    '\0',
    '\ud800',
  ),
  fc.constantFrom(
    'query',
    'documents',
    'texts',
    'property',
    'text_1',
    'text_2',
    'model',
    'inputs',
    'queries',
  ),
  fc.constantFrom('top_n', 'top_k', 'topN', 'rank_fields', 'return_documents', 'return_text', 'raw_scores'),
  fc.constantFrom(
    'use_activation',
    'truncate',
    'strict_truncation',
    'truncate_prompt_tokens',
    'truncation_side',
  ),
  fc.constantFrom('truncation_direction', 'max_tokens_per_doc', 'max_chunks_per_doc', 'overlap_tokens'),
  fc.constantFrom(
    'long_document',
    'priority',
    'kwargs',
    'encoding_format',
    'instruction',
    'user',
    'truncation',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
