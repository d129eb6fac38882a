/**
 * Builds the embedded models, `demo` and `demo-next`, into `models/` or the directory given as argument.
 *
 *     npm run models:build -- [DIR]
 */
import { fileURLToPath } from 'node:url';
import { demo, demoNext } from './demo-models/variant.ts';
import { writeModel } from './demo-models/write-model.ts';
import { filePath, optional } from './flags/kinds.ts';
import { commandLine, runScript } from './flags/run-script.ts';

const embedded = fileURLToPath(new URL('../models', import.meta.url));

const manual = {
  usage: 'npm run models:build -- [DIR]',
  about: 'Builds the embedded models, demo and demo-next.',
  flags: {
    dir: { kind: optional(filePath), isOperand: true, help: 'where to; else models/' },
  },
} as const;

await runScript({
  name: 'models:build',
  ...commandLine(manual),
  run: async ({ dir }) => {
    for (const variant of [demo, demoNext]) console.log(await writeModel(variant, dir ?? embedded));
  },
});
