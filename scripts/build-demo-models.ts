/**
 * Builds the embedded models, `demo` and `demo-next`, into `models/` or the directory given as argument.
 *
 *     node scripts/build-demo-models.ts [directory]
 */
import { fileURLToPath } from 'node:url';
import { demo, demoNext } from './demo-models/variant.ts';
import { writeModel } from './demo-models/write-model.ts';

const root = process.argv[2] ?? fileURLToPath(new URL('../models', import.meta.url));

for (const variant of [demo, demoNext]) console.log(await writeModel(variant, root));
