import type { Kind } from '../flags/kinds.ts';

/** Letters after which a size is counted in thousands, and in units of 1,024, as huggingface_hub reads them. */
const units: Readonly<Record<string, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
};

/** A number and a unit, read as bytes. */
export const fileSize: Kind<number> = {
  expects: 'a number and a unit, for example 500MB, 1GB or 2GiB',
  parse: (text) => {
    const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text) ?? [];
    const value = Math.floor(Number(digits) * (units[unit.toUpperCase()] ?? Number.NaN));
    return value >= 1 ? { value } : undefined;
  },
};
