import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readInput, type TextInput } from '../../../src/commands/rerank/read-input.ts';
import { TextRecorder } from '../../support/text-recorder.ts';

const read = (chunks: readonly Uint8Array[], maxBytes: number, isTTY = false) => {
  const stdin: TextInput = Object.assign(Readable.from(chunks), { isTTY });
  const stderr = new TextRecorder();
  return { stderr, text: readInput('-', { stdin, stderr, maxBytes }) };
};

describe('the input of rerankd rerank', () => {
  it('is read whole, with characters that lie across two chunks, and without a byte order mark', async () => {
    const bytes = Buffer.from('\uFEFFGezeiten und Mond: größer 月');
    expect(await read([bytes.subarray(0, 29), bytes.subarray(29)], 100).text).toBe(
      'Gezeiten und Mond: größer 月',
    );
  });

  it('is refused beyond its limit, without reading on', async () => {
    await expect(read([Buffer.alloc(60), Buffer.alloc(60)], 100).text).rejects.toThrow(
      /standard input has more than/,
    );
    expect(await read([Buffer.alloc(60, 'a')], 60).text).toHaveLength(60);
  });

  it('is asked for at a terminal only', async () => {
    const [terminal, pipe] = [read([], 1, true), read([], 1)];
    await Promise.all([terminal.text, pipe.text]);
    expect(terminal.stderr.text).toMatch(/Ctrl-D ends them/);
    expect(pipe.stderr.text).toBe('');
  });
});
