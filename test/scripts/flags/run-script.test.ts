import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const flags = new URL('../../../scripts/flags/', import.meta.url).href;

/** Writes a script of one flag. @param rest of what it is; `run` gets `times` and `stop` */
async function script(rest: string): Promise<string> {
  const file = join(await temporaryDirectory(), 'script.ts');
  await writeFile(
    file,
    `import { wholeNumber } from '${flags}kinds.ts';
import { commandLine, runScript } from '${flags}run-script.ts';
const manual = { usage: 'x', about: 'x', flags: { times: { kind: wholeNumber(), default: '1', help: 'x' } } };
await runScript({ name: 'x', ...commandLine(manual), ${rest} });`,
  );
  return file;
}

function run(file: string, ...args: string[]): Promise<{ status: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], (error, _, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stderr }),
    );
  });
}

it('ends with what the script says, or 0', async () => {
  const file = await script('run: async ({ times }) => times === 1 ? undefined : times');
  expect(await run(file)).toEqual({ status: 0, stderr: '' });
  expect(await run(file, '--times', '7')).toEqual({ status: 7, stderr: '' });
  expect(await run(file, '--times', '0')).toEqual({
    status: 2,
    stderr: 'x: --times must be a whole number from 1, not "0"\n--help lists the flags.\n',
  });
});

it('says what went wrong in a line, with the exit code of the error where it has one', async () => {
  const plain = await script("run: async () => { throw new Error('no luck'); }");
  expect(await run(plain)).toEqual({ status: 1, stderr: 'x: no luck\n' });
  const coded = await script(
    "run: async () => { throw Object.assign(new Error('no card'), { exitCode: 69 }); }",
  );
  expect(await run(coded)).toEqual({ status: 69, stderr: 'x: no card\n' });
  const explained = await script(
    "explain: () => 'try again', run: async () => { throw new Error('no luck'); }",
  );
  expect(await run(explained)).toEqual({ status: 1, stderr: 'x: try again\n' });
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('is stopped by %s, where it can be', async (signal, status) => {
  const file = await script(`isStoppable: true, whenStopped: 'Nothing is left.', run: (_, stop) => {
    const busy = setInterval(() => {}, 1000);
    process.stdout.write('begun');
    return new Promise((_, reject) => stop.addEventListener('abort', () => {
      clearInterval(busy);
      reject(new Error('given up'));
    }));
  }`);
  const child = spawn(process.execPath, [file]);
  const said = child.stderr.setEncoding('utf8').toArray();
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill(signal);
  expect(await ended).toEqual([status, null]);
  expect((await said).join('')).toBe('Nothing is left.\n');
});
