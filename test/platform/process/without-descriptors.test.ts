import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { LostChild } from '../../support/without-descriptors.ts';

const program = fileURLToPath(new URL('../../support/without-descriptors.ts', import.meta.url));

// Only `ulimit` sets that limit, and only of the shell that it runs in.
it('a process that may open no more files loses the children that it starts, and goes on', async () => {
  const shell = 'ulimit -n 64; exec "$0" "$1"';
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', shell, process.execPath, program]);
  const reasons = [expect.stringMatching(/^it could not be started: .*EMFILE/), 'nobody wants it'];
  const found = JSON.parse(stdout) as LostChild[];
  expect(found.map(({ lost }) => lost)).toEqual(reasons);
  expect(found.map(({ call }) => call)).toEqual(found.map(({ lost }) => `engine ended: ${lost}`));
  expect(found.map(({ pid }) => pid)).toEqual([undefined, undefined]);
});
