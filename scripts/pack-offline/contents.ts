/** What the server reads beside its packages. */
export const SOURCES = ['package.json', 'package-lock.json', 'src', 'models'];

/** What npm run bench:gpu needs beside them. */
export const BENCH_SOURCES = ['bench', 'scripts', 'test/support', 'test/fixtures'];

export const BENCH_PACKAGES = ['autocannon'];
