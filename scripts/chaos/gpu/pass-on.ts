/**
 * A flag for Node: all children of the process get these variables too. The server hands only what it knows on to its engines, and a
 * stub card is nothing that it should know.
 */
export function passOn(variables: Readonly<Record<string, string>>): string {
  const source = `
    import child from 'node:child_process';
    import { syncBuiltinESMExports } from 'node:module';
    const { spawn } = child;
    child.spawn = (command, args, options) =>
      spawn(command, args, { ...options, env: { ...options.env, ...${JSON.stringify(variables)} } });
    syncBuiltinESMExports();
  `;
  return `--import=data:text/javascript,${encodeURIComponent(source)}`;
}
