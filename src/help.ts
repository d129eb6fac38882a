import { type SettingName, settings } from './config.ts';

const COMMANDS = `Usage:
  rerankd [serve] [flags]               serve a model
  rerankd compile DIR [flags]           compile a model ahead of time, for the server with the same state directory
  rerankd compare A B [flags]           compare how two models, or two dtypes of one, rank and how fast

Flags of compare:
  --set FILE                            queries and documents, JSON or JSON Lines: {"query": …, "documents": […]}
  --reference-dtype, --candidate-dtype  fp32, fp16 or int8 (default: --dtype)
  --top-k N, --threshold SCORE          how many best documents count (10); the score that means relevant (0.5)
  --json                                print JSON

Every setting is a flag and an environment variable:
`;

/** What `rerankd --help` prints. @param flagsOf the flags of a setting */
export function helpText(flagsOf: (name: SettingName) => readonly string[]): string {
  const lines = (Object.keys(settings) as SettingName[]).map((name) => {
    const defaultValue = settings[name].safeParse(undefined).data;
    const flags = flagsOf(name)
      .toReversed()
      .map((flag) => `--${flag}`)
      .join(', ');
    return `  ${flags.padEnd(60)} ${name}${defaultValue === undefined ? '' : ` (default ${String(defaultValue)})`}`;
  });
  return `${COMMANDS}${lines.join('\n')}\n`;
}
