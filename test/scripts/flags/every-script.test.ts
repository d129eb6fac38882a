import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** The server's own command line, and one that is handed on to Schemathesis. */
const others = new Set(['start', 'test:schemathesis']);

/** Scripts that are begun by hand: their names, and their programs. */
const scripts = Object.entries(packageJson.scripts).flatMap(([name, command]) => {
  const [, program] = /^node (\S+\.ts)$/.exec(command) ?? [];
  return program === undefined || others.has(name) ? [] : [[name, program] as const];
});

function run(program: string, flag: string): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(repository, program), flag], (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

it('there are scripts', () => expect(scripts.length).toBeGreaterThan(15));

describe.each(scripts)('npm run %s', (name, program) => {
  it.concurrent('tells its flags', async () => {
    const { status, stdout, stderr } = await run(program, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: (npm run|node) \S+/);
  });

  it.concurrent('says in a line what is wrong with a flag', async () => {
    const { status, stdout, stderr } = await run(program, '--nonsense');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe(`${name}: Unknown option '--nonsense'\n--help lists the flags.\n`);
  });
});
