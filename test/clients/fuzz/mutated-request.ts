import fc from 'fast-check';
import { validRequest } from './dialects.ts';
import { envelope } from './envelope.ts';
import { textMutation } from './mutate-text.ts';
import { mutateTree, treeMutation } from './mutate-tree.ts';
import { toText } from './odd-values.ts';

/** A request as its bytes are sent. */
export interface MutatedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly isChunked: boolean;
  readonly leavesAfter: number | undefined;
}

const mutatedRequest: fc.Arbitrary<MutatedRequest> = fc
  .record({
    valid: validRequest,
    trees: fc.array(treeMutation, { minLength: 0, maxLength: 2 }),
    text: textMutation,
    around: envelope,
  })
  .map(({ valid, trees, text, around }) => {
    const tree = trees.reduce<unknown>(mutateTree, valid.body);
    const { method, suffix, headers, encode, isChunked, leavesAfter } = around;
    const body = encode(text(toText(tree)));
    return { method, path: valid.path + suffix, headers, body, isChunked, leavesAfter };
  });

/** The same ones for the same seed. */
export function mutatedRequests(count: number, seed: number): MutatedRequest[] {
  return fc.sample(mutatedRequest, { numRuns: count, seed });
}

/** For a failure: all that is needed to send it again. */
export function describeRequest({ method, path, headers, body, leavesAfter }: MutatedRequest): string {
  const shown =
    body.length > 2000
      ? `${body.toString('latin1', 0, 2000)}… (${body.length} bytes)`
      : body.toString('latin1');
  const left = leavesAfter === undefined ? '' : ` and leaves after ${leavesAfter} bytes`;
  return `${method} ${path} ${JSON.stringify(headers)}${left}\n${shown}`;
}
