/**
 * Preloaded into a server (`node --import`): counts its calls that change a file, from when a given file appears, and kills the
 * process with SIGKILL before or after a given one of them. It writes no file itself; every call is said on standard error.
 *
 *     CHAOS_START=/tmp/begin CHAOS_KILL=before:12 node --import ./kill-at-write.ts src/main.ts
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

type Call = (...args: unknown[]) => unknown;
type Holder = Record<string, unknown>;

const { CHAOS_START = '', CHAOS_KILL = '' } = process.env;
const [when, number] = CHAOS_KILL.split(':');
const killAt = Number(number ?? 0);

const { existsSync, writeSync } = fs;

/** Standard input, output and error: what a server says is no step of an update. */
const LAST_STANDARD_FD = 2;

const PATH_CALLS = [
  'appendFile',
  'chmod',
  'copyFile',
  'cp',
  'link',
  'mkdir',
  'mkdtemp',
  'rename',
  'rm',
  'rmdir',
  'symlink',
  'truncate',
  'unlink',
  'utimes',
  'writeFile',
];
const DESCRIPTOR_CALLS = ['fdatasync', 'fsync', 'ftruncate', 'write', 'writev'];
const HANDLE_CALLS = ['appendFile', 'chmod', 'datasync', 'sync', 'truncate', 'write', 'writeFile', 'writev'];

let begun = false;
let calls = 0;

/** @returns true when this call is the one to die at. */
function count(name: string, about: unknown): boolean {
  begun ||= existsSync(CHAOS_START);
  if (!begun) return false;
  calls++;
  writeSync(2, `chaos-write ${calls} ${name} ${String(about)}\n`);
  return calls === killAt;
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Puts a counter around a function, whatever its style: promise, callback at the end, or neither. */
function wrap(holder: Holder, name: string, isChange: (args: readonly unknown[]) => boolean): void {
  const original = holder[name];
  if (typeof original !== 'function') return;
  const wrapped: Call = function (this: unknown, ...args) {
    if (!isChange(args) || !count(name, args[0])) return Reflect.apply(original, this, args);
    if (when === 'before') die();
    const last = args.length - 1;
    if (typeof args[last] === 'function') return Reflect.apply(original, this, [...args.slice(0, last), die]);
    const result: unknown = Reflect.apply(original, this, args);
    if (!(result instanceof Promise)) die();
    return Promise.resolve(result).then(die, die);
  };
  // Among them is what util.promisify looks for.
  Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
  holder[name] = wrapped;
}

const always = (): boolean => true;
const opensToWrite = ([, flags]: readonly unknown[]): boolean =>
  (typeof flags === 'string' && /[wa+]/.test(flags)) || (typeof flags === 'number' && (flags & 3) !== 0);
const isNoStandardStream = ([fd]: readonly unknown[]): boolean => Number(fd) > LAST_STANDARD_FD;

const handle = await fs.promises.open('/dev/null', 'r');
const handles = Object.getPrototypeOf(handle) as Holder;
await handle.close();
for (const name of HANDLE_CALLS) wrap(handles, name, always);

const callbacks = fs as unknown as Holder;
for (const holder of [fs.promises as unknown as Holder, callbacks]) {
  for (const name of PATH_CALLS) wrap(holder, name, always);
  wrap(holder, 'open', opensToWrite);
}
for (const name of PATH_CALLS) wrap(callbacks, `${name}Sync`, always);
wrap(callbacks, 'openSync', opensToWrite);
for (const name of DESCRIPTOR_CALLS) {
  wrap(callbacks, name, isNoStandardStream);
  wrap(callbacks, `${name}Sync`, isNoStandardStream);
}
syncBuiltinESMExports();
