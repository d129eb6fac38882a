import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastWords } from '../installation.ts';
import { parseOutcomes } from '../outcome.ts';
import { PythonEnvironment } from '../python-environment.ts';
import { runProgram } from '../run-program.ts';
import type { Suite } from './suite.ts';

const DIRECTORY = fileURLToPath(new URL('../python', import.meta.url));
const RUN_MS = 300_000;

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

export const pythonSuites: readonly Suite[] = CLIENTS.map(pythonSuite);

function pythonSuite({ name, modules }: PythonClients): Suite {
  const environment = new PythonEnvironment(name, join(DIRECTORY, `requirements-${name}.txt`));
  return {
    name: `Python, ${name}`,
    install: () => environment.install(),
    async run(servers) {
      const ran = await runProgram(environment.program('python'), ['main.py', ...modules], {
        cwd: DIRECTORY,
        env: { ...QUIET, RERANK_INTEROP_SERVER: JSON.stringify(servers) },
        timeoutMs: RUN_MS,
      });
      if (ran.code !== 0) throw new Error(`the Python clients ended with ${ran.code}:\n${lastWords(ran)}`);
      return parseOutcomes(ran.stdout);
    },
  };
}
