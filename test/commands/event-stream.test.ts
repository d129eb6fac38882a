import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamParser } from '../../src/commands/server/event-stream.ts';

const read = (...chunks: readonly string[]) => {
  const parser = new EventStreamParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
};

describe('the parser of event streams', () => {
  it('reads names and data, and skips comments and other fields', () => {
    expect(read(': heartbeat\n\nid: 7\nretry: 10\nevent: operation\ndata: {"a":1}\n\ndata: x\n\n')).toEqual([
      { name: 'operation', data: '{"a":1}' },
      { name: 'message', data: 'x' },
    ]);
  });

  it('joins lines of data, and takes off one space only', () => {
    expect(read('data:  one\ndata:two\ndata\ndata: three\n\n')).toEqual([
      { name: 'message', data: ' one\ntwo\n\nthree' },
    ]);
  });

  it('forgets a name without data, and a message that never ends', () => {
    expect(read('event: lost\n\ndata: x\n\nevent: cut\ndata: y\n')).toEqual([{ name: 'message', data: 'x' }]);
  });

  it('takes every kind of line end, and a byte order mark at the beginning only', () => {
    expect(read('\uFEFFdata: a\r\n\r\ndata: b\r\rdata: c\n\n')).toEqual(
      ['a', 'b', 'c'].map((data) => ({ name: 'message', data })),
    );
    expect(read('data: a\n\n\uFEFFdata: b\n\n')).toEqual([{ name: 'message', data: 'a' }]);
  });

  it('finds the same wherever the network cuts', () => {
    const text =
      '\uFEFFevent: a\r\ndata: {"x":\r\ndata: 1}\r\n\r\n: beat\r\rdata: b\r\rdata: c\n\nevent: d\n\n';
    const whole = read(text);
    expect(whole).toHaveLength(3);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((end, index) => text.slice(at[index], end));
        expect(read(...chunks)).toEqual(whole);
      }),
    );
  });

  it('refuses a line and a message without an end', () => {
    const parser = new EventStreamParser();
    expect(() => {
      for (let index = 0; index < 100; index++) parser.push('x'.repeat(100_000));
    }).toThrow(RangeError);
    const other = new EventStreamParser();
    expect(() => {
      for (let index = 0; index < 100; index++) other.push(`data: ${'x'.repeat(100_000)}\n`);
    }).toThrow(/longer than/);
  });
});
