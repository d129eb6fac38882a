import fc from 'fast-check';
import { oddKey, oddValue } from './odd-values.ts';

/** A change of one place of a JSON tree. */
export interface TreeMutation {
  /** Which place, counted over all of them. */
  readonly at: number;
  readonly how:
    | 'replace'
    | 'drop'
    | 'add'
    | 'repeat'
    | 'wrap in a list'
    | 'wrap in an object'
    | 'stringify'
    | 'rename';
  readonly value: unknown;
  readonly key: string;
  readonly times: number;
}

export const treeMutation: fc.Arbitrary<TreeMutation> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom(
    'replace',
    'replace',
    'replace',
    'drop',
    'add',
    'add',
    'repeat',
    'wrap in a list',
    'wrap in an object',
    'stringify',
    'rename',
  ),
  value: oddValue,
  key: oddKey,
  times: fc.constantFrom(2, 3, 50, 300),
});

type Path = readonly (string | number)[];

/** A copy of the tree with the change made. */
export function mutateTree(tree: unknown, mutation: TreeMutation): unknown {
  const places = [...placesOf(tree, [])];
  return change(tree, places[mutation.at % places.length] ?? [], mutation);
}

function* placesOf(tree: unknown, path: Path): Generator<Path> {
  yield path;
  if (typeof tree !== 'object' || tree === null) return;
  const keys = Array.isArray(tree) ? tree.keys() : Object.keys(tree);
  for (const key of keys) yield* placesOf((tree as Record<string | number, unknown>)[key], [...path, key]);
}

function change(tree: unknown, [key, ...rest]: Path, mutation: TreeMutation): unknown {
  if (key === undefined) return changed(tree, mutation);
  if (Array.isArray(tree)) {
    const isHere = rest.length === 0;
    if (isHere && mutation.how === 'drop') return tree.toSpliced(key as number, 1);
    if (isHere && mutation.how === 'repeat') {
      return tree.toSpliced(
        key as number,
        1,
        ...Array.from({ length: mutation.times }, () => tree[key as number]),
      );
    }
    return tree.with(key as number, change(tree[key as number], rest, mutation));
  }
  // fromEntries defines what it is given: a plain assignment of `__proto__` would not.
  return Object.fromEntries(
    Object.entries(tree as object).flatMap(([name, value]): [string, unknown][] => {
      if (name !== key) return [[name, value]];
      if (rest.length > 0) return [[name, change(value, rest, mutation)]];
      if (mutation.how === 'drop') return [];
      if (mutation.how === 'rename') return [[mutation.key, value]];
      return [[name, changed(value, mutation)]];
    }),
  );
}

function changed(value: unknown, { how, value: odd, key }: TreeMutation): unknown {
  if (how === 'wrap in a list') return [value];
  if (how === 'wrap in an object') return Object.fromEntries([[key, value]]);
  if (how === 'stringify') return JSON.stringify(value);
  if (how !== 'add') return odd;
  if (Array.isArray(value)) return [...value, odd];
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? Object.fromEntries([...Object.entries(value), [key, odd]]) : [value, odd];
}
