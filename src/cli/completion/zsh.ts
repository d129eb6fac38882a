import { commandCases, valueCases } from './cases.ts';
import { type CompletedCommand, families, firstWords, type Offer, valueFlags } from './tables.ts';

/** The script for zsh: `source <(rerankd completion zsh)` after compinit, or a file `_rerankd` in $fpath. */
export function zshCompletion(tables: readonly CompletedCommand[]): string {
  return `#compdef rerankd
# Completion of rerankd for zsh: source <(rerankd completion zsh)
_rerankd() {
  emulate -L zsh
  local current=\${words[CURRENT]} previous=\${words[CURRENT-1]} command= place i
  local -a given offered
  if [[ $current == --*=* ]]; then previous=\${current%%=*}; compset -P '*='; fi
  for ((i = 2; i < CURRENT; i++)); do
    case \${words[i]} in
      (${valueFlags(tables).join('|')}) ((i++)) ;;
      (-?*) ;;
      (*) given+=("\${words[i]}") ;;
    esac
  done
  place=\${#given}
  case "\${given[1]-} \${given[2]-}" in
${commandCases(tables)}
  esac
  case "$command:$previous" in
${valueCases(tables, actionFor)}
  esac
  if [[ $current == -* ]]; then
    case $command in
${flagCases(tables)}
    esac
    _describe -o flag offered
    return
  fi
  case "$command:$place" in
${operandCases(tables)}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _rerankd "$@"; else compdef _rerankd rerankd; fi
`;
}

function flagCases(tables: readonly CompletedCommand[]): string {
  return tables
    .map(({ name, flags }) => {
      const offered = flags.map(({ flag, description }) => described(flag, description));
      return `      (${quoted(name)}) offered=(${offered.join(' ')}) ;;`;
    })
    .join('\n');
}

function operandCases(tables: readonly CompletedCommand[]): string {
  const first = `    (serve:first) ${offering(firstWords(tables))} ;;`;
  const seconds = [...families(tables)].map(([word, members]) => {
    const rest = members.map(({ name, summary }) => [name.split(' ')[1] ?? '', summary] as const);
    return `    (${quoted(`:in ${word}`)}) ${offering(rest)} ;;`;
  });
  const operands = tables.flatMap(({ name, operands: offers }) =>
    offers.flatMap((offer, place) => {
      const action = actionFor(offer);
      return action === '' ? [] : [`    (${quoted(`${name}:${place}`)}) ${action} ;;`];
    }),
  );
  return [first, ...seconds, ...operands].join('\n');
}

function offering(list: readonly (readonly [word: string, summary: string])[]): string {
  return `offered=(${list.map(([word, summary]) => described(word, summary)).join(' ')}); _describe command offered`;
}

function actionFor({ choices, completes }: Offer): string {
  if (choices.length > 0) return `compadd -- ${choices.map(quoted).join(' ')};`;
  if (completes === undefined) return '';
  return completes === 'directory' ? '_files -/;' : '_files;';
}

/** \`word:what it is\`; a colon in the word would end it. */
function described(word: string, description: string): string {
  return quoted(`${word.replaceAll(':', '\\\\:')}:${description.replaceAll('`', '')}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
