import { mkdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InstalledMark, lastWords, nobodyAnswered } from '../installation.ts';
import { parseOutcomes } from '../outcome.ts';
import { runProgram } from '../run-program.ts';
import type { Suite } from './suite.ts';

const DIRECTORY = fileURLToPath(new URL('../python', import.meta.url));
const INSTALL_MS = 900_000;
const RUN_MS = 300_000;
const OLDEST_PYTHON = 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else 3)';

/** No client may call home, nor look for a model or a proxy. */
const QUIET = {
  ANONYMIZED_TELEMETRY: 'false',
  DO_NOT_TRACK: '1',
  HAYSTACK_TELEMETRY_ENABLED: 'False',
  HF_HUB_OFFLINE: '1',
  LANGSMITH_TRACING: 'false',
  LITELLM_LOCAL_MODEL_COST_MAP: 'True',
  NO_PROXY: '127.0.0.1',
  PYTHONDONTWRITEBYTECODE: '1',
};

/** Clients of PyPI in a virtual environment of their own. */
interface PythonClients {
  /** Of the requirements: `requirements-<name>.txt`. */
  readonly name: string;
  /** Modules below python/cases. */
  readonly modules: readonly string[];
}

const CLIENTS: readonly PythonClients[] = [
  { name: 'sdks', modules: ['cohere_sdk', 'litellm_sdk', 'voyage_sdk', 'milvus'] },
  { name: 'frameworks', modules: ['langchain', 'llama_index_rerank', 'haystack_rankers'] },
];

/** @param environments where the virtual environments lie. */
export function pythonSuites(environments: string | undefined): Suite[] {
  const root = environments ?? join(tmpdir(), 'rerankd-interop');
  return CLIENTS.map((clients) => pythonSuite(clients, join(root, clients.name)));
}

function pythonSuite({ name, modules }: PythonClients, environment: string): Suite {
  const requirements = join(DIRECTORY, `requirements-${name}.txt`);
  const python = join(environment, 'bin', 'python');
  return {
    name: `Python, ${name}`,
    async install() {
      const mark = new InstalledMark(environment, [await readFile(requirements, 'utf8')]);
      if (await mark.isThere()) return undefined;
      const found = await runProgram('python3', ['-c', OLDEST_PYTHON], { timeoutMs: 30_000 });
      if (found.code !== 0) return 'it needs python3, 3.11 or later';
      await rm(environment, { recursive: true, force: true });
      await mkdir(environment, { recursive: true });
      const made = await runProgram('python3', ['-m', 'venv', environment], { timeoutMs: 120_000 });
      if (made.code !== 0) throw new Error(`python3 -m venv failed:\n${lastWords(made)}`);
      const argv = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--retries', '1', '-r', requirements];
      const installed = await runProgram(python, argv, { timeoutMs: INSTALL_MS });
      if (nobodyAnswered(installed)) return 'PyPI does not answer';
      if (installed.code !== 0) throw new Error(`pip install failed:\n${lastWords(installed)}`);
      await mark.put();
      return undefined;
    },
    async run(servers) {
      const ran = await runProgram(python, ['main.py', ...modules], {
        cwd: DIRECTORY,
        env: { ...QUIET, RERANK_INTEROP_SERVER: JSON.stringify(servers) },
        timeoutMs: RUN_MS,
      });
      if (ran.code !== 0) throw new Error(`the Python clients ended with ${ran.code}:\n${lastWords(ran)}`);
      return parseOutcomes(ran.stdout);
    },
  };
}
