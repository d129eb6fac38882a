import { explain, type SettingName, settingGroups } from './config/settings.ts';

const COMMANDS = `Usage:
  rerankd [serve] [flags]               serve a model
  rerankd compile DIR [flags]           compile a model ahead of time, for the server with the same state directory
  rerankd publish DIR [flags]           prepare a model for a static web server, from which servers fetch what changed
  rerankd compare A B [flags]           compare how two models, or two dtypes of one, rank and how fast
  rerankd fetch REF [flags]             bring, verify and compile a model without a server, for one that starts or updates later
  rerankd update REF [flags]            change the model of a running server, and watch it
  rerankd status [flags]                what a running server does
  rerankd rollback [TO] [flags]         go back to the model before, or to one of the history by reference or digest
  rerankd cache ls [flags]              what lies in the state directory, and what keeps it there
  rerankd cache pin REF|DIGEST          keep a model whatever the budget says; "unpin" undoes it
  rerankd cache prune [flags]           delete what nothing keeps; beside a running server too

Flags of fetch and cache:
  --json                                print JSON
  --max-bytes N                         of cache prune: stop when so much is left, such as 20GiB (default: 0)
  --dry-run                             of cache prune: only say what would be deleted

Flags of publish:
  --out DIR                             copy the model there (default: write manifest.json and *.chunks into DIR itself)
  --dtype DTYPE                         of an ONNX export, the one that servers will load

Flags of compare:
  --set FILE                            queries and documents, JSON or JSON Lines: {"query": …, "documents": […]}
  --reference-dtype, --candidate-dtype  fp32, fp16 or int8 (default: --dtype)
  --top-k N, --threshold SCORE          how many best documents count (10); the score that means relevant (0.5)
  --json                                print JSON

Flags of update, status and rollback:
  --url URL                             the server (default: what --host and --port say)
  --admin-key KEY                       its RERANK_ADMIN_KEY
  --json                                print the answer as JSON, and no progress

Flags of update; what is left out, the server's settings say:
  --mode MODE                           auto, beside (both models loaded for a moment) or hold (requests wait)
  --dtype DTYPE                         auto, fp32, fp16 or int8
  --dry-run                             everything but the swap, with the report
  --wait                                wait behind a running operation instead of giving up
  --force                               swap whatever the checks and the quarantine say
  --min-kendall-tau N, --min-top1-overlap SHARE, --max-threshold-crossing SHARE, --max-latency-ratio N
                                        reject a model that differs more from the one that serves
  --threshold SCORE                     the score that means relevant, for --max-threshold-crossing
  --shadow-percent P --shadow-requests N
                                        before the swap, let the new model score P % of the live requests, N of them
  --probation-requests N, --probation-seconds S, --no-probation
                                        how long the new model is on probation
  --follow                              watch until the probation is over

Every setting is a flag and an environment variable, with its default; --rerank-model says the same as --model.
`;

/** What `rerankd --help` prints. @param flagsOf the flags of a setting, the long one first */
export function helpText(flagsOf: (name: SettingName) => readonly string[]): string {
  const groups = settingGroups.map(({ title, settings }) => {
    const lines = settings.map((name) => {
      const { defaultValue, description } = explain(name);
      const flag = `--${flagsOf(name).at(-1)}`;
      return `  ${flag.padEnd(FLAG_WIDTH)} ${name} (${plain(defaultValue)})\n${wrapped(plain(description))}`;
    });
    return `${title}:\n${lines.join('\n')}`;
  });
  return `${COMMANDS}\n${groups.join('\n\n')}\n`;
}

const FLAG_WIDTH = 36;
const LINE_WIDTH = 110;
const INDENT = ' '.repeat(6);

function plain(text: string): string {
  return text.replaceAll('`', '');
}

function wrapped(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last.length + 1 + word.length > LINE_WIDTH - INDENT.length) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => `${INDENT}${line}`).join('\n');
}
