import { type CompletedCommand, families, firstWords, type Offer, valueFlags } from './tables.ts';

/** The script for fish: `rerankd completion fish | source`. */
export function fishCompletion(tables: readonly CompletedCommand[]): string {
  const lines = [
    'complete -c rerankd -f',
    ...firstWords(tables).map(
      ([word, summary]) => `complete -c rerankd -n '__rerankd_is' -a ${quoted(word)} -d ${quoted(summary)}`,
    ),
    ...[...families(tables)].flatMap(([first, members]) =>
      members.map(
        ({ name, summary }) =>
          `complete -c rerankd -n '__rerankd_is ${first}' -a ${quoted(name.split(' ')[1] ?? '')} -d ${quoted(summary)}`,
      ),
    ),
    ...tables.flatMap(forCommand),
  ];
  return `# Completion of rerankd for fish: rerankd completion fish | source
function __rerankd_given
    set -l takes_value ${valueFlags(tables).join(' ')}
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case '--*=*'
            case '-?*'
                contains -- $word $takes_value
                and set skip 1
            case '*'
                echo $word
        end
    end
end
# The words so far are just these.
function __rerankd_is
    set -l given (__rerankd_given)
    test "$given" = "$argv"
end
# The words so far begin with a command; without any it is serve.
function __rerankd_in
    set -l given (__rerankd_given)
    set -q given[1]
    or set given serve
    set -l start $given[1..(count $argv)]
    test "$start" = "$argv"
end
# The next word is operand number N (from 0) of a command.
function __rerankd_operand
    set -l place (math (count (__rerankd_given)) - (count $argv) + 1)
    test $place = $argv[1]
    and __rerankd_in $argv[2..-1]
end
${lines.join('\n')}
`;
}

function forCommand({ name, flags, operands }: CompletedCommand): string[] {
  const ofFlags = flags.map(({ flag, takesValue, description, ...offer }) => {
    const value = takesValue ? ` ${actionFor(offer)}` : '';
    const condition = `__rerankd_in ${name}`;
    return `complete -c rerankd -n ${quoted(condition)} -l ${flag.replace('--', '')}${value} -d ${quoted(description.replaceAll('`', ''))}`;
  });
  const ofOperands = operands.flatMap((offer, place) => {
    const isAnything = offer.choices.length === 0 && offer.completes === undefined;
    if (isAnything) return [];
    return [`complete -c rerankd -n ${quoted(`__rerankd_operand ${place} ${name}`)} ${actionFor(offer)}`];
  });
  return [...ofFlags, ...ofOperands];
}

/** \`-x\` wants a value and offers no files; \`-r -F\` offers files. */
function actionFor({ choices, completes }: Offer): string {
  if (choices.length > 0) return `-x -a ${quoted(choices.join(' '))}`;
  if (completes === undefined) return '-x';
  return completes === 'file' ? '-r -F' : "-x -a '(__fish_complete_directories (commandline -ct))'";
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
