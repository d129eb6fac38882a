import type { CompletedCommand, Offer } from './tables.ts';

/**
 * Branches of a `case` on the first two words, which bash and zsh understand alike: they set `command`, and make `place` the
 * number of its operands so far. Commands of two words come first. Without any command it is that of `serve`.
 */
export function commandCases(tables: readonly CompletedCommand[]): string {
  const sorted = tables.toSorted((a, b) => b.name.split(' ').length - a.name.split(' ').length);
  const lines = sorted.map(({ name }) => {
    const count = name.split(' ').length;
    const pattern = count === 2 ? `'${name}'` : `'${name} '*`;
    return `    (${pattern}) command='${name}' place=$((place-${count})) ;;`;
  });
  return [...lines, "    (' ') command=serve place=first ;;", `    (*) place="in \${given[*]}" ;;`].join(
    '\n',
  );
}

/** Branches of a `case` on `COMMAND:FLAG`: what is offered for the value of a flag, if anything is. */
export function valueCases(tables: readonly CompletedCommand[], actionFor: (offer: Offer) => string): string {
  const byAction = new Map<string, string[]>();
  for (const { name, flags } of tables) {
    for (const flag of flags.filter(({ takesValue }) => takesValue)) {
      const action = actionFor(flag);
      byAction.set(action, [...(byAction.get(action) ?? []), `'${name}:${flag.flag}'`]);
    }
  }
  return [...byAction]
    .map(([action, patterns]) => `    (${patterns.join('|')}) ${action} return ;;`)
    .join('\n');
}
