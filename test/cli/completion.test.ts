import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { bashCompletion } from '../../src/cli/completion/bash.ts';
import { fishCompletion } from '../../src/cli/completion/fish.ts';
import { completionTables } from '../../src/cli/completion/tables.ts';
import { zshCompletion } from '../../src/cli/completion/zsh.ts';
import { explainFlags } from '../../src/cli/flags.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const tables = completionTables(commands);

function isInstalled(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', ':'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function runIn(shell: string, args: readonly string[]): string {
  return execFileSync(shell, args, { encoding: 'utf8', cwd: folder });
}

/** What a shell offers behind these words; the last one is being typed. */
type Offer = (...words: readonly string[]) => readonly string[];

function sorted(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
}

/** A folder with a file and a folder in it, in which the shells run. */
let folder = '';

const inBash: Offer = (...words) => {
  // Readline cuts words at `=`, as COMP_WORDBREAKS has it.
  const cut = words.flatMap((word) =>
    word.includes('=') ? word.split(/(=)/).filter((part) => part !== '') : [word],
  );
  const script = `${bashCompletion(tables)}
    COMP_WORDS=(rerankd "$@"); COMP_CWORD=$#
    _rerankd
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return sorted(runIn('bash', ['-uc', script, 'bash', ...cut]));
};

/** Outside of a completion, zsh has no builtins for it: these stand for them, and do what matters of them. */
const ZSH_STUBS = `
  compset() { current=\${words[CURRENT]#*=} }
  compadd() { shift; print -l -- "$@" }
  _describe() { local list=\${@[-1]}; print -l -- "\${(@)\${(@P)list}%%:*}" }
  _files() { [[ $1 == -/ ]] && print -l -- *(/) || print -l -- * }
  compdef() { : }`;

const inZsh: Offer = (...words) => {
  const script = `${ZSH_STUBS}
    source ./_rerankd
    words=(rerankd "$@"); CURRENT=$#words
    _rerankd`;
  const offered = sorted(runIn('zsh', ['-fc', script, 'zsh', ...words]));
  const typed = words.at(-1)?.replace(/^.*=/, '') ?? '';
  return offered.filter((word) => word.startsWith(typed) && word !== '_rerankd');
};

const inFish: Offer = (...words) => {
  const script = `source ./rerankd.fish; complete -C ${JSON.stringify(['rerankd', ...words].join(' '))}`;
  const offered = runIn('fish', ['-c', script]);
  const prefix = /^--[^=]*=/.exec(words.at(-1) ?? '')?.[0] ?? '';
  return sorted(offered)
    .map((line) => (line.split('\t')[0] ?? '').slice(prefix.length))
    .filter((word) => word !== 'rerankd.fish');
};

const shells: readonly (readonly [name: string, Offer])[] = [
  ['bash', inBash],
  ['zsh', inZsh],
  ['fish', inFish],
];

beforeEach(async () => {
  folder = await temporaryDirectory();
  await mkdir(join(folder, 'models'));
  await writeFile(join(folder, 'my notes.txt'), '');
  await writeFile(join(folder, '_rerankd'), zshCompletion(tables));
  await writeFile(join(folder, 'rerankd.fish'), fishCompletion(tables));
});

describe.each(shells)('completion in %s', (shell, offer) => {
  const test = it.runIf(isInstalled(shell));

  test('offers commands', () => {
    const words = new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''));
    expect(offer('')).toEqual([...words].toSorted());
    expect(offer('com')).toEqual(['compare', 'compile', 'completion']);
    expect(offer('cache', '')).toEqual(['ls', 'pin', 'prune', 'unpin']);
    expect(offer('completion', '')).toEqual(['bash', 'fish', 'zsh']);
    expect(offer('help', 'se')).toEqual(['serve', 'settings']);
  });

  test('offers the flags of a command, and of serve where there is none', () => {
    for (const { name, flags } of commands) {
      const offered = offer(...name.split(' '), '--');
      expect(offered).toEqual(expect.arrayContaining(explainFlags(flags).map(({ flag }) => `--${flag}`)));
      expect(offered).toContain('--help');
    }
    expect(offer('cache', 'prune', '--d')).toEqual(expect.arrayContaining(['--dry-run', '--device']));
    expect(offer('status', '--')).not.toContain('--device');
    expect(offer('--trusted')).toEqual(['--trusted-digests']);
    expect(offer('update', 'local://x', '--mode', 'hold', '--dry')).toEqual(['--dry-run']);
  });

  test('offers the values that a flag takes', () => {
    expect(offer('update', '--mode', '')).toEqual(['auto', 'beside', 'hold']);
    expect(offer('update', '--mode=b')).toEqual(['beside']);
    expect(offer('compare', '--reference-dtype', 'fp')).toEqual(['fp16', 'fp32']);
    expect(offer('--device', 'c')).toEqual(['cpu', 'cuda']);
    expect(offer('--device=c')).toEqual(['cpu', 'cuda']);
    expect(offer('rerank', '--input-format', 'j')).toEqual(['json', 'jsonl']);
    expect(offer('rerank', '--query', '')).toEqual([]);
  });

  test('offers files and folders where they are meant', () => {
    const bare = (words: readonly string[]): readonly string[] =>
      words.map((word) => word.replaceAll(/[\\/']/g, ''));
    expect(bare(offer('compile', ''))).toEqual(['models']);
    expect(bare(offer('rerank', '--query', 'x', ''))).toEqual(
      expect.arrayContaining(['models', 'my notes.txt']),
    );
    expect(bare(offer('--state-dir', ''))).toEqual(['models']);
    expect(offer('rollback', '')).toEqual([]);
  });
});
