import { type Check, ok, problem } from '../check.ts';

const TIMEOUT_MS = 30_000;

/** Does the native tokenizer library load? In a process of its own, because it may crash. */
export const tokenizersCheck: Check = {
  name: 'tokenizers',
  timeoutMs: TIMEOUT_MS,
  async look({ machine, signal }) {
    const code = `await import(${JSON.stringify(import.meta.resolve('tokenizers'))})`;
    const ended = await machine.execute(process.execPath, ['--input-type=module', '-e', code], signal);
    if (ended?.code === 0) return [ok('the native library loads')];
    const said =
      ended?.stderr.split('\n').find((line) => /error/i.test(line)) ?? ended?.stderr ?? 'no answer';
    return [
      problem(
        `the native library does not load: ${said.trim()}`,
        'Run "npm ci" on this very system: the package has a binary for each, and needs glibc on Linux, not musl.',
      ),
    ];
  },
};
