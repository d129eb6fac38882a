/** How the text of a flag is read. */
export interface Kind<T> {
  /** What it must be, to complete a sentence: "a whole number from 1". */
  readonly expects: string;
  /** @returns undefined for a text that is none of these. */
  readonly parse: (text: string) => Read<T> | undefined;
  /** What stands for a flag that is not given and has no default. Without it, there is no going on. */
  readonly absent?: Read<T>;
  /** A flag that is only there or not. */
  readonly isSwitch?: true;
}

interface Read<T> {
  readonly value: T;
}

/** Any text. */
export const anyText: Kind<string> = { expects: 'a text', parse: (value) => ({ value }) };

/** A file or a folder. */
export const filePath: Kind<string> = {
  expects: 'a path',
  parse: (value) => (value === '' ? undefined : { value }),
};

/** It takes no value: true where it is given. */
export const given: Kind<boolean> = {
  expects: 'without a value',
  parse: () => ({ value: true }),
  absent: { value: false },
  isSwitch: true,
};

export function wholeNumber(least = 1, most = Number.MAX_SAFE_INTEGER): Kind<number> {
  return {
    expects: `a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`,
    parse: (digits) => {
      const value = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
      return value >= least && value <= most ? { value } : undefined;
    },
  };
}

export function oneOf<T extends string>(known: readonly T[]): Kind<T> {
  return {
    expects: known.length === 1 ? `${known[0]}` : `one of ${known.join(', ')}`,
    parse: (name) => {
      const value = known.find((one) => one === name);
      return value === undefined ? undefined : { value };
    },
  };
}

/** Several, separated by commas. */
export function listOf<T>(kind: Kind<T>): Kind<T[]> {
  return {
    expects: `${kind.expects}, or several with commas between them`,
    parse: (list) => {
      const each = list.split(',').map((one) => kind.parse(one.trim()));
      const read = each.filter((one) => one !== undefined);
      return read.length === each.length ? { value: read.map(({ value }) => value) } : undefined;
    },
  };
}

/** Names separated by commas, each once. */
export function namesOf<T extends string>(known: readonly T[]): Kind<T[]> {
  const names = listOf(oneOf(known));
  return {
    ...names,
    parse: (list) => {
      const read = names.parse(list);
      return read && { value: [...new Set(read.value)] };
    },
  };
}

/** A flag that may be left out. What is given must be right. */
export function optional<T>(kind: Kind<T>): Kind<T | undefined> {
  return { ...kind, absent: { value: undefined } };
}

/** A flag that may be left out or empty, as from an unset variable of a shell: both stand for none. */
export function orNone<T>(kind: Kind<T>): Kind<T | undefined> {
  const none = { value: undefined };
  return { ...kind, parse: (value) => (value === '' ? none : kind.parse(value)), absent: none };
}
