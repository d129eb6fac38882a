import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Settings that are the same for every server under test: one small machine, whatever the real one has. */
export function testEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return {
    PATH,
    HOME,
    HOST: '127.0.0.1',
    RERANK_DEVICE: 'cpu',
    RERANK_ENGINES: '2',
    RERANK_THREADS: '1',
    // Tests that ask the same twice want to see it computed twice.
    RERANK_SCORE_CACHE_BYTES: '0',
    // And those that swap want to see the old model end.
    RERANK_PROBATION_REQUESTS: '0',
    // Children of all servers run the same code: compiling it once for all of them saves half of every start.
    NODE_COMPILE_CACHE: join(tmpdir(), 'rerankd-test-compile-cache'),
    ...settings,
  };
}
