import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InstalledMark, lastWords, nobodyAnswered } from '../installation.ts';
import { parseOutcomes } from '../outcome.ts';
import { runProgram } from '../run-program.ts';
import type { Suite } from './suite.ts';

const DIRECTORY = fileURLToPath(new URL('../npm', import.meta.url));
const INSTALL_MS = 300_000;
const RUN_MS = 120_000;

/** The SDKs of npm, in a package of their own below test/interop/npm. */
export const npmSuite: Suite = {
  name: 'npm',
  async install() {
    const mark = await markOf();
    if (await mark.isThere()) return undefined;
    const installed = await runProgram('npm', ['ci', '--ignore-scripts', '--fetch-retries=1'], {
      cwd: DIRECTORY,
      timeoutMs: INSTALL_MS,
    });
    if (nobodyAnswered(installed)) return 'the npm registry does not answer';
    if (installed.code !== 0) throw new Error(`npm ci failed in ${DIRECTORY}:\n${lastWords(installed)}`);
    await mark.put();
    return undefined;
  },
  async run(servers) {
    const ran = await runProgram(process.execPath, ['main.ts'], {
      cwd: DIRECTORY,
      env: { RERANK_INTEROP_SERVER: JSON.stringify(servers), AI_SDK_LOG_WARNINGS: 'false' },
      timeoutMs: RUN_MS,
    });
    if (ran.code !== 0) throw new Error(`the npm clients ended with ${ran.code}:\n${lastWords(ran)}`);
    return parseOutcomes(ran.stdout);
  },
};

/** True when a run has installed them, or `npm ci --prefix test/interop/npm` has. */
export async function npmClientsAreInstalled(): Promise<boolean> {
  return await access(join(DIRECTORY, 'node_modules', 'cohere-ai')).then(
    () => true,
    () => false,
  );
}

async function markOf(): Promise<InstalledMark> {
  const lock = await readFile(join(DIRECTORY, 'package-lock.json'), 'utf8');
  return new InstalledMark(join(DIRECTORY, 'node_modules'), [lock]);
}
