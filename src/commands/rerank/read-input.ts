import { constants, open } from 'node:fs/promises';
import { messageOf } from '../../errors.ts';
import { CommandError } from '../command-error.ts';
import type { TextOutput } from '../terminal.ts';

/** Standard input, as far as it matters here. */
export interface TextInput extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean;
}

interface InputOptions {
  readonly stdin: TextInput;
  readonly stderr: TextOutput;
  readonly maxBytes: number;
}

/**
 * Reads a file, or standard input for `-`, to its end: the best document may be the last one.
 * @returns the text, without a byte order mark. Bytes that are no UTF-8 become U+FFFD, as in most tools that read logs.
 * @throws CommandError when it can't be read, or is too large.
 */
export async function readInput(path: string, { stdin, stderr, maxBytes }: InputOptions): Promise<string> {
  if (path === '-') {
    if (stdin.isTTY === true) stderr.write('rerankd: reading documents, one a line; Ctrl-D ends them\n');
    return textOf(stdin, 'standard input', maxBytes);
  }
  try {
    await using file = await open(path, constants.O_RDONLY);
    if ((await file.stat()).isDirectory()) throw new Error('it is a directory');
    return await textOf(file.createReadStream({ autoClose: false }), path, maxBytes);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${path} can't be read: ${messageOf(error)}`, undefined, error);
  }
}

async function textOf(
  chunks: AsyncIterable<Uint8Array | string>,
  name: string,
  maxBytes: number,
): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += part.length;
    if (bytes > maxBytes) {
      throw new CommandError(
        `${name} has more than ${Math.round(maxBytes / 2 ** 20)} MiB`,
        'Give it in parts, or let something cheaper choose the best documents first.',
      );
    }
    parts.push(decoder.decode(part, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}
