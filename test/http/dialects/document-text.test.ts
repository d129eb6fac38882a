import { describe, expect, it } from 'vitest';
import { type Document, documentTexts } from '../../../src/http/dialects/document-text.ts';

const read = (document: Document, rankFields?: readonly string[]) =>
  documentTexts(['', '', '', document], 'documents', rankFields)[3];

describe('the text of a document', () => {
  it.each<[Document, string]>([
    ['plain', 'plain'],
    ['', ''],
    [{ text: 'its text', title: 'no' }, 'its text'],
    [{ text: '' }, ''],
    [
      { title: 'a', pages: 3, none: null, tags: ['x'], more: { deep: true } },
      'title: a\npages: 3\ntags: ["x"]\nmore: {"deep":true}',
    ],
    [{ title: 'a', content: 'b' }, 'title: a\ncontent: b'],
    [{ text: null, body: 'b' }, 'body: b'],
    [
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      'a\nb',
    ],
    [{ content: ['a', { type: 'input_text', text: 'b' }] }, 'a\nb'],
    [{ title: 'a', image: 'https://localhost/a.png' }, 'title: a\nimage: https://localhost/a.png'],
    [{ type: 'article', title: 'a' }, 'type: article\ntitle: a'],
    [{}, ''],
  ])('of %j is %j', (document, text) => {
    expect(read(document)).toBe(text);
  });

  it('is that of rank_fields in their order, of those that are there', () => {
    const document = { text: 'no', title: 'a', body: 'b', year: 1999, none: null };
    expect(read(document, ['body', 'missing', 'none', 'title', 'year'])).toBe('b\na\n1999');
    expect(read(document, [])).toBe('no');
    expect(read('plain', ['body'])).toBe('plain');
  });

  it('is not that of rank_fields that no document has', () => {
    const texts = (documents: Document[], fields: string[]) => documentTexts(documents, 'documents', fields);
    const documents = ['plain', { title: 'a', body: 'b' }, { text: 'c' }];
    expect(() => texts(documents, ['titel', 'bdy'])).toThrow(
      expect.objectContaining({
        type: 'invalid_request',
        message: 'rank_fields: no document has a field "titel", "bdy"',
        detail: expect.stringContaining('documents[1] has "title", "body".'),
      }),
    );
    expect(() => texts(documents, ['toString'])).toThrow(/no document has a field "toString"/);
    expect(() =>
      texts(
        [{}],
        Array.from({ length: 9 }, () => 'x'.repeat(99)),
      ),
    ).toThrow(/^rank_fields: no document has a field ("x{40}", ){4}"x{40}" and 4 more$/);
    expect(texts(documents, ['titel', 'title'])).toEqual(['plain', 'a', '']);
    expect(texts([{ title: null }], ['title'])).toEqual(['']);
    expect(texts(['plain'], ['titel'])).toEqual(['plain']);
  });

  it.each<[Document, RegExp]>([
    [
      { content: [{ type: 'image_url', image_url: { url: 'x' } }] },
      /^documents\[3\] is an image \(image_url\)/,
    ],
    [{ content: [{ type: 'text', text: 'a' }, { type: 'input_image' }] }, /^documents\[3\] is an image/],
    [{ image: 'https://localhost/a.png' }, /^documents\[3\] is an image \(image\)/],
    [{ type: 'image_url', image_url: { url: 'x' } }, /^documents\[3\] is an image \(image_url\)/],
    [{ content: [{ type: 'video_url' }] }, /^documents\[3\] holds a part of type "video_url"/],
    [{ content: [null] }, /^documents\[3\] holds a part without a type/],
    [{ content: [{ type: { toString: 1 } }] }, /^documents\[3\] holds a part without a type/],
    [{ content: [{ type: 'text', text: 7 }] }, /^documents\[3\] holds a part of type "text"/],
  ])('is not that of %j', (document, message) => {
    expect(() => read(document)).toThrow(message);
  });
});
