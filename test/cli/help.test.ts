import { describe, expect, it } from 'vitest';
import { usageOf } from '../../src/cli/command-line.ts';
import { commands } from '../../src/cli/commands.ts';
import { explainFlags } from '../../src/cli/flags.ts';
import { commandHelp } from '../../src/cli/help/command-help.ts';
import { overview } from '../../src/cli/help/overview.ts';
import { settingsHelp } from '../../src/cli/help/settings-help.ts';
import { flagsOfSetting, settingNames } from '../../src/cli/setting-flags.ts';

const WIDEST = 100;
const MOST_LINES = 60;

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

describe('rerankd --help', () => {
  it('fits on a screen or two and names every command', () => {
    const text = overview(commands);
    expect(text.split('\n').length).toBeLessThan(MOST_LINES);
    expect(widest(text)).toBeLessThanOrEqual(WIDEST);
    for (const command of commands) expect(text).toContain(`  ${usageOf(command)}`);
    expect(text).toMatch(/--port +the port.*\(PORT, 8000\)/);
  });

  it('leaves most settings to "rerankd help settings", which has all', () => {
    const [short, all] = [overview(commands), settingsHelp()];
    expect(short).not.toContain('RERANK_MAX_LATENCY_RATIO');
    for (const name of settingNames) expect(all).toContain(`--${flagsOfSetting(name).at(-1)} `);
    expect(all).toMatch(/--dtype +RERANK_DTYPE \(auto\)/);
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    'explains %s with its flags and an example',
    (name, command) => {
      const text = commandHelp(command);
      expect(text).toMatch(new RegExp(`^rerankd ${name}`));
      for (const { flag } of explainFlags(command.flags)) expect(text).toContain(`  --${flag}`);
      expect(text).toMatch(/For example:\n {2}\S/);
      expect(command.examples.length).toBeGreaterThan(0);
    },
  );
});
