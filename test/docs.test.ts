import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../src/cli/parse-arguments.ts';
import { commandsIn } from './support/shell-commands.ts';

const texts = new Map<string, string>();

beforeAll(async () => {
  for await (const file of glob(['README.md', 'docs/**/*.md', 'deploy/**/*.md']))
    texts.set(file, await readFile(file, 'utf8'));
});

/** As GitHub makes anchors of headings. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Why a link leads nowhere; nothing where it is good. */
async function faultOf(file: string, link: string): Promise<string | undefined> {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  const info = await stat(target).catch(() => undefined);
  if (info === undefined) return `${file}: ${link}`;
  if (anchor === undefined || !info.isFile()) return undefined;
  return anchorsIn(await readFile(target, 'utf8')).includes(anchor)
    ? undefined
    : `${file}: no heading for ${link}`;
}

/** Why a command can't be typed like that; nothing where it can. */
function faultIn(words: readonly string[], scripts: Readonly<Record<string, string>>): string | undefined {
  const [program, ...args] = words;
  if (program === 'npm')
    return args[0] === 'run' && !((args[1] ?? '') in scripts) ? words.join(' ') : undefined;
  // Where a sentence speaks of a command, its operands may be missing.
  const attempts = [args, [...args, 'X'], [...args, 'X', 'Y']].map(faultOfArguments);
  const [fault] = attempts;
  return attempts.includes(undefined) ? undefined : `${words.join(' ')}: ${fault}`;
}

function faultOfArguments(args: readonly string[]): string | undefined {
  try {
    parseArguments(args);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the documentation', () => {
  it('has no link that leads nowhere', async () => {
    const links = [...texts].flatMap(([file, text]) =>
      [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link = '']) => [file, link] as const),
    );
    expect(links.length).toBeGreaterThan(30);
    const faults = await Promise.all(links.map(([file, link]) => faultOf(file, link)));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('names no command that there is not', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const found = [...texts].flatMap(([file, text]) => commandsIn(text).map((words) => ({ file, words })));
    expect(found.filter(({ words: [program] }) => program === 'rerankd').length).toBeGreaterThan(30);
    expect(found.filter(({ words: [program] }) => program === 'npm').length).toBeGreaterThan(10);
    const faults = found.flatMap(({ file, words }) => {
      const fault = faultIn(words, scripts);
      return fault === undefined ? [] : [`${file}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  it('would be caught with a command or a link that there is not', async () => {
    expect(faultIn(['rerankd', 'update', '--gently', 'x'], {})).toMatch(/--gently/);
    expect(faultIn(['npm', 'run', 'nothing'], { something: '' })).toBe('npm run nothing');
    expect(await faultOf('README.md', 'docs/nowhere.md')).toBe('README.md: docs/nowhere.md');
    expect(await faultOf('README.md', 'docs/settings.md#nothing')).toMatch(/no heading/);
  });
});
