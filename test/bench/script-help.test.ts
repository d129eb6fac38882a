import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const runScript = (script: string, flag: string) =>
  spawnSync(process.execPath, [fileURLToPath(new URL(`../../bench/${script}.ts`, import.meta.url)), flag], {
    encoding: 'utf8',
  });

describe.each(['gpu', 'graph'])('bench/%s.ts', (script) => {
  it('tells its flags', () => {
    const { status, stdout, stderr } = runScript(script, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: node bench/${script}.ts`);
    expect(stdout).toContain('--dry-run');
  });

  it('says in a line what is wrong with a flag', () => {
    const { status, stderr } = runScript(script, '--nonsense');
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`^bench:${script}: Unknown option '--nonsense'`));
    expect(stderr).not.toContain('    at ');
  });
});
