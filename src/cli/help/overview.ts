import { type CommandLine, usageOf } from '../command-line.ts';
import { firstSettings } from './first-settings.ts';
import { row } from './layout.ts';

const COLUMN = 24;

/** What `rerankd --help` prints: what there is, and where to read on. */
export function overview(commands: readonly CommandLine[]): string {
  const list = commands.map((command) => row(usageOf(command), command.summary, COLUMN));
  return `rerankd serves a reranker model over HTTP, and changes it under load.

Usage: rerankd [COMMAND] [flags]

${list.join('\n')}

Try it:
  rerankd serve                     and in another terminal
  printf 'Tides follow the moon.\\nYeast makes bread rise.\\n' | rerankd rerank --query tides --scores

The settings to begin with, as flags or as environment variables:
${firstSettings()}

rerankd COMMAND --help    its flags, with an example
rerankd help settings     all settings
rerankd doctor            what is wrong on this machine, and how to mend it`;
}
