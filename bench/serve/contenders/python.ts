import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A Python interpreter, and what was asked of it. */
export interface Python {
  readonly interpreter: string;
  /** Versions by module. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Reading PyTorch's libraries from a cold disk takes its time. */
const IMPORT_TIMEOUT_MS = 120_000;

const directory = fileURLToPath(new URL('../../baselines/python/', import.meta.url));

const ASK_VERSIONS = `
import importlib, importlib.metadata, json, platform, sys
for name in sys.argv[1:]:
    importlib.import_module(name.replace("-", "_"))
versions = {name: importlib.metadata.version(name) for name in sys.argv[1:]}
print(json.dumps({"python": platform.python_version(), **versions}))
`;

/** Path of a baseline's program. */
export function pythonProgram(name: string): string {
  return `${directory}${name}`;
}

/**
 * Imports the modules, as a baseline would.
 * @throws Error that says what is missing and how to get it.
 */
export async function findPython(
  interpreter: string | undefined,
  modules: readonly string[],
): Promise<Python> {
  if (interpreter === undefined) throw new Error(`--python is not given. ${HOW_TO_GET_IT}`);
  const options = { env: pythonEnvironment(), timeout: IMPORT_TIMEOUT_MS };
  try {
    const { stdout } = await promisify(execFile)(interpreter, ['-c', ASK_VERSIONS, ...modules], options);
    return { interpreter, versions: JSON.parse(stdout) as Record<string, string> };
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const reason = stderr.trim().split('\n').at(-1) || message;
    throw new Error(`${interpreter} can't run it: ${reason}. ${HOW_TO_GET_IT}`, { cause: error });
  }
}

/** Nothing is looked up on the network: the model is a directory. */
export function pythonEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    HF_HUB_OFFLINE: '1',
    TRANSFORMERS_OFFLINE: '1',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

const HOW_TO_GET_IT =
  'Make a virtual environment, pip install -r bench/baselines/python/requirements.txt, and say --python VENV/bin/python';
