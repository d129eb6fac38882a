import { parser } from '@prometheus-io/lezer-promql';

/** One metric that an expression asks for. */
interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

export interface Expression {
  /** Where the grammar found no way on. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels in `by`, `without`, `on`, `ignoring` and `group_left`. */
  readonly grouping: readonly string[];
}

/** Reads PromQL with the grammar of Prometheus's own query editor. */
export function readPromql(expr: string): Expression {
  const errors: string[] = [];
  const selectors: { metric: string; matchers: Selector['matchers'][number][] }[] = [];
  const grouping: string[] = [];
  const text = (node: { from: number; to: number }): string => expr.slice(node.from, node.to);
  parser.parse(expr).iterate({
    enter(ref) {
      const { node } = ref;
      if (ref.type.isError) errors.push(`at ${ref.from}: "${expr.slice(ref.from, ref.from + 20)}"`);
      if (ref.name === 'VectorSelector') selectors.push({ metric: '', matchers: [] });
      const current = selectors.at(-1);
      if (ref.name === 'Identifier' && current !== undefined) current.metric = text(ref);
      if (ref.name === 'LabelName' && node.parent?.name === 'GroupingLabels') grouping.push(text(ref));
      if (ref.name === 'UnquotedLabelMatcher') {
        const [label, operator, value] = [node.firstChild, node.firstChild?.nextSibling, node.lastChild];
        if (!label || !operator || !value) throw new Error(`a matcher without parts in ${expr}`);
        current?.matchers.push({
          label: text(label),
          operator: text(operator),
          value: JSON.parse(text(value)) as string,
        });
      }
    },
  });
  return { errors, selectors, grouping };
}
