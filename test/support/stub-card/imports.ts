/** What a provider asks of CUDA's libraries. */
export interface Imports {
  /** Output of `nm -D --undefined-only`: names, with the version node that they are looked for under. */
  readonly linked: string;
  /** The whole file, byte by byte: the names of functions that it looks for while it runs are among its strings. */
  readonly opened: string;
}

export interface StubLibrary {
  /** The soname, e.g. libcudart.so.13. */
  readonly name: string;
  readonly symbols: readonly string[];
  /** NVIDIA's toolkit libraries give their symbols a version node named like the library; the driver and cuDNN don't. */
  readonly isVersioned: boolean;
}

/** What is looked for while it runs, by the library that has it. */
const OPENED: Readonly<Record<string, RegExp>> = {
  libcuda: /\0(cu[A-Z][A-Za-z0-9]*(?:_v\d)?)(?=\0)/g,
  libcudnn: /\0(cudnn[A-Z][A-Za-z0-9]*(?:_v\d)?)(?=\0)/g,
};

/** Unversioned functions of the driver. */
const DRIVER = /^ +U (cu[A-Z]\w*)$/gm;

export function libraryOf(name: string, { linked, opened }: Imports): StubLibrary {
  const stem = name.split('.')[0] as string;
  const versioned = [...linked.matchAll(/ U (\w+)@(\S+)$/gm)].flatMap(([, symbol = '', node]) =>
    node === name ? symbol : [],
  );
  const direct = stem === 'libcuda' ? [...linked.matchAll(DRIVER)].map(([, symbol = '']) => symbol) : [];
  const pattern = OPENED[stem];
  const later = pattern === undefined ? [] : [...opened.matchAll(pattern)].map(([, symbol = '']) => symbol);
  return {
    name,
    symbols: [...new Set([...versioned, ...direct, ...later])].toSorted(),
    isVersioned: pattern === undefined,
  };
}

/** Functions that succeed and do nothing; those that make something give it a handle, those that name something a word. */
export function trivialStubs(symbols: readonly string[]): string {
  const bodies = symbols.map((symbol) => {
    if (/(?:String|Name)$/.test(symbol)) return `const char *${symbol}(void) { return "stub"; }`;
    if (/Create/.test(symbol) && !/Backend/.test(symbol)) {
      return `int ${symbol}(void **made) { *made = stub_handle(); return 0; }`;
    }
    return `int ${symbol}(void) { stub_log("call ${symbol}"); return 0; }`;
  });
  return ['#include "stub.h"', ...bodies, ''].join('\n');
}
