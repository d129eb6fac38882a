import { execFile } from 'node:child_process';
import { mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { externalTensor } from '../../../src/graph/onnx/tensor.ts';
import { brokenModels } from '../../../test/support/broken-models.ts';
import { outputLogits, pairModel, writeModelDirectory } from '../../../test/support/test-models.ts';
import { type Candidate, invalid } from './candidate.ts';
import { workingGraph } from './working-graph.ts';

const run = promisify(execFile);

/** Enough for a copy that takes a while. */
const LARGE_BYTES = 96 * 2 ** 20;

const forbidden = { outcome: 'refused', errorTypes: ['forbidden_reference'], says: /outside/ } as const;

const good = (directory: string): Promise<string> => writeModelDirectory(directory, workingGraph());

const nestedLists = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** A model with weights in another file. */
function largeModel(): Uint8Array {
  return pairModel(({ graph, ops, score }) => {
    const location = { location: 'weights.bin', offset: 0, length: LARGE_BYTES };
    const weights = graph.initializer('weights', externalTensor('float32', [LARGE_BYTES / 4], location));
    const first = graph.node('Gather', [weights, graph.integers(0)]);
    outputLogits(graph, ops.add(score, first));
  });
}

async function writeLargeModel(directory: string): Promise<void> {
  await writeModelDirectory(directory, largeModel());
  await writeFile(join(directory, 'onnx/weights.bin'), Buffer.alloc(LARGE_BYTES));
}

/** Writes a file in place again and again, now whole, now cut off. */
async function overwrite(directory: string, over: AbortSignal): Promise<void> {
  const path = join(directory, 'onnx/weights.bin');
  for (let turn = 0; !over.aborted; turn++) {
    await truncate(path, LARGE_BYTES / 2);
    await writeFile(path, Buffer.alloc(LARGE_BYTES / 8, turn), { flag: 'r+' });
    await truncate(path, LARGE_BYTES);
    await delay(1);
  }
}

/** Replaces the whole directory by an empty one and back, as a careless download does. */
async function replace(directory: string, over: AbortSignal): Promise<void> {
  const aside = `${directory}.aside`;
  while (!over.aborted) {
    await rename(directory, aside);
    await delay(1);
    await rename(aside, directory);
    await delay(3);
  }
}

/** Directories with something in them that is no model, or leads elsewhere. */
export const directoryCandidates: readonly Candidate[] = [
  ...brokenModels.map(
    ({ what, errorType, says, write }): Candidate => ({
      what,
      expected: { outcome: 'refused', errorTypes: [errorType], says },
      write,
    }),
  ),
  {
    what: 'a directory that is a link out of the allowed roots',
    expected: forbidden,
    write: async (directory) => {
      const elsewhere = join(dirname(dirname(directory)), 'elsewhere');
      await rm(elsewhere, { recursive: true, force: true });
      await good(elsewhere);
      await symlink(elsewhere, directory);
    },
  },
  {
    what: 'weights that are a link out of the allowed roots',
    expected: forbidden,
    write: async (directory) => {
      const elsewhere = join(dirname(dirname(directory)), 'elsewhere.onnx');
      await good(directory);
      await rename(join(directory, 'onnx/model.onnx'), elsewhere);
      await symlink(elsewhere, join(directory, 'onnx/model.onnx'));
    },
  },
  {
    what: 'a link that leads to itself',
    expected: {
      outcome: 'refused',
      errorTypes: ['invalid_model', 'model_not_found', 'source_failed'],
      says: /./,
    },
    write: async (directory) => {
      await mkdir(dirname(directory), { recursive: true });
      await symlink(directory, directory);
    },
  },
  {
    what: 'a config.json that is a named pipe, which blocks whoever opens it',
    expected: invalid(/config\.json is not a regular file/),
    write: async (directory) => {
      await good(directory);
      await rm(join(directory, 'config.json'));
      await run('mkfifo', [join(directory, 'config.json')]);
    },
  },
  {
    what: 'weights that are a named pipe',
    expected: invalid(/weights\.bin is not a regular file/),
    write: async (directory) => {
      await writeModelDirectory(directory, largeModel());
      await run('mkfifo', [join(directory, 'onnx/weights.bin')]);
    },
  },
  {
    what: 'a config.json of a hundred thousand nested lists',
    expected: invalid(/config\.json/),
    write: async (directory) => {
      await good(directory);
      await writeFile(join(directory, 'config.json'), nestedLists(100_000));
    },
  },
  {
    what: 'a tokenizer.json of 300 MB',
    expected: invalid(/tokenizer\.json has 300000000 bytes; at most/),
    write: async (directory) => {
      await good(directory);
      await truncate(join(directory, 'tokenizer.json'), 300_000_000);
    },
  },
  {
    what: 'a file that is overwritten in place while it is copied',
    expected: { outcome: 'harmless' },
    write: writeLargeModel,
    meanwhile: overwrite,
  },
  {
    what: 'a directory that comes and goes while it is copied',
    expected: { outcome: 'harmless' },
    write: writeLargeModel,
    meanwhile: replace,
  },
];
