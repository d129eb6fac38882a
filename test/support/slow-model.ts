import { join } from 'node:path';
import { slowGraph } from './slow-graph.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { writeModelDirectory } from './test-models.ts';

/** A models directory for one test, with the model `local://slow`. */
export async function slowModelRoot(): Promise<string> {
  const root = await temporaryDirectory();
  await writeModelDirectory(join(root, 'slow'), await slowGraph());
  return root;
}
