import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const installed = fileURLToPath(new URL('../../node_modules', import.meta.url));

const FEWEST_SENTENCES = 4;

/** Plain English sentences of the installed packages' READMEs, a list for each package that has enough of them. */
export async function readPassages(): Promise<string[][]> {
  const packages: string[][] = [];
  const paths: string[] = [];
  const readmes = glob(['*/{README,readme,Readme}.md', '@*/*/{README,readme,Readme}.md'], { cwd: installed });
  for await (const path of readmes) paths.push(path);
  for (const path of paths.toSorted()) {
    const sentences = sentencesOf(await readFile(`${installed}/${path}`, 'utf8'));
    if (sentences.length >= FEWEST_SENTENCES) packages.push(sentences);
  }
  return packages;
}

function sentencesOf(markdown: string): string[] {
  const text = markdown
    .replaceAll(/```[\s\S]*?```/g, ' ')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*_#>|]/g, ' ');
  return text
    .split(/(?<=[.!?])\s+|\n{2,}/)
    .map((sentence) => sentence.replaceAll(/\s+/g, ' ').trim())
    .filter(
      (sentence) =>
        sentence.length > 40 && sentence.length < 300 && /^[A-Z]/.test(sentence) && !sentence.includes('://'),
    );
}
