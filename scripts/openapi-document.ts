/** Writes docs/openapi.json from the schemas that validate requests: `npm run docs:openapi`. */
import { writeFile } from 'node:fs/promises';
import packageJson from '../package.json' with { type: 'json' };
import { openApiDocument } from '../src/http/openapi/document.ts';
import { commandLine, runScript } from './flags/run-script.ts';

await runScript({
  name: 'docs:openapi',
  ...commandLine({
    usage: 'npm run docs:openapi',
    about: 'Writes docs/openapi.json from the schemas that validate requests.',
    flags: {},
  }),
  run: async () => {
    const text = JSON.stringify(openApiDocument(packageJson.version), null, 1);
    await writeFile(new URL('../docs/openapi.json', import.meta.url), `${text}\n`);
  },
});
