import { commandCases, valueCases } from './cases.ts';
import { type CompletedCommand, families, firstWords, type Offer, valueFlags } from './tables.ts';

/**
 * The script for bash 3.2 and later: `source <(rerankd completion bash)`.
 *
 * Readline has cut the line at `=` and `:` already (COMP_WORDBREAKS), so `--dtype=int8` arrives as three words.
 */
export function bashCompletion(tables: readonly CompletedCommand[]): string {
  return `# Completion of rerankd for bash: source <(rerankd completion bash)
_rerankd() {
  local IFS=$'\\n'
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} given=() command= place i
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${valueFlags(tables).join('|')})
        if [[ \${COMP_WORDS[i+1]} == = ]]; then ((i += 2)); else ((i++)); fi ;;
      -?*) ;;
      *) given+=("\${COMP_WORDS[i]}") ;;
    esac
  done
  place=\${#given[@]}
  case "\${given[0]-} \${given[1]-}" in
${commandCases(tables)}
  esac
  COMPREPLY=()
  case "$command:$prev" in
${valueCases(tables, actionFor)}
  esac
  if [[ $cur == -* ]]; then
    case $command in
${flagCases(tables)}
    esac
    return
  fi
  case "$command:$place" in
${operandCases(tables)}
  esac
}
_rerankd_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_rerankd_paths() { COMPREPLY=($(compgen "$1" -- "$cur")); compopt -o filenames 2>/dev/null; }
complete -F _rerankd rerankd
`;
}

function flagCases(tables: readonly CompletedCommand[]): string {
  return tables
    .map(({ name, flags }) => `      ${quoted(name)}) ${offering(flags.map(({ flag }) => flag))} ;;`)
    .join('\n');
}

function operandCases(tables: readonly CompletedCommand[]): string {
  const first = `    serve:first) ${offering(firstWords(tables).map(([word]) => word))} ;;`;
  const seconds = [...families(tables)].map(
    ([word, members]) =>
      `    ${quoted(`:in ${word}`)}) ${offering(members.map(({ name }) => name.split(' ')[1] ?? ''))} ;;`,
  );
  const operands = tables.flatMap(({ name, operands: offers }) =>
    offers.flatMap((offer, place) => {
      const action = actionFor(offer);
      return action === '' ? [] : [`    ${quoted(`${name}:${place}`)}) ${action} ;;`];
    }),
  );
  return [first, ...seconds, ...operands].join('\n');
}

function actionFor({ choices, completes }: Offer): string {
  if (choices.length > 0) return `${offering(choices)};`;
  if (completes === undefined) return '';
  return `_rerankd_paths ${completes === 'directory' ? '-d' : '-f'};`;
}

function offering(list: readonly string[]): string {
  return `_rerankd_words $'${list.join('\\n')}'`;
}

function quoted(text: string): string {
  return `'${text}'`;
}
