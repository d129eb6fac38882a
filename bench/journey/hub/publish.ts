import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Content,
  givenContent,
  joinedContent,
  sliceOf,
} from '../../../test/support/fake-hub/content.ts';
import type { FakeHub } from '../../../test/support/fake-hub/fake-hub.ts';
import { fileContent } from './file-content.ts';

export const WEIGHTS = 'model.safetensors';

/** One weight: another value of it is another model, and as good a one. */
const VARIED_BYTES = 4;

/** Makes a directory a repository of the hub. @returns its commit. */
export function publishDirectory(
  hub: FakeHub,
  { id, directory, variant }: { readonly id: string; readonly directory: string; readonly variant: number },
  watch: (content: Content) => Content,
): { commit: string; weightBytes: number } {
  const files = Object.fromEntries(
    readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, fileContent(join(directory, name))]),
  );
  const weights = files[WEIGHTS];
  if (weights === undefined) throw new Error(`the model has no ${WEIGHTS}`);
  const varied = watch(withVariant(weights, variant));
  const commit = hub.repository(id).commit({ ...files, [WEIGHTS]: varied });
  return { commit, weightBytes: weights.size };
}

function withVariant(weights: Content, variant: number): Content {
  const tail = Buffer.alloc(VARIED_BYTES);
  tail.writeFloatLE(variant / 1000);
  return joinedContent(sliceOf(weights, 0, weights.size - VARIED_BYTES), givenContent(tail));
}
