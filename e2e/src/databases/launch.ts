import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

/** How to run a program of a PostgreSQL server: the words before the program, and the user it runs as where we are root. */
export interface Launch {
  readonly program: (name: 'initdb' | 'postgres') => string;
  /** Words put before the program, e.g. `setpriv --reuid postgres …`. */
  readonly prefix: (stopWithParent: boolean) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Words that run a program as `user` when we are root; PostgreSQL refuses to run as root. */
export function asUser(user: string, stopWithParent: boolean): string[] {
  const drop = process.getuid?.() === 0 ? ['--reuid', user, '--regid', user, '--clear-groups'] : [];
  const die = stopWithParent ? ['--pdeathsig', 'INT'] : [];
  return drop.length + die.length === 0 ? [] : ['setpriv', ...drop, ...die];
}

/** Run to the end; throws with the program's own words when it fails. */
export function runProgram(launch: Launch, name: 'initdb', args: readonly string[]): void {
  const [command = '', ...rest] = [...launch.prefix(false), launch.program(name), ...args];
  const done = spawnSync(command, rest, { cwd: '/', env: { ...launch.env }, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${name} failed: ${done.error?.message ?? ''}${done.stderr}${done.stdout}`);
}

/** Start the server; it stops when this process dies. */
export function spawnServer(launch: Launch, args: readonly string[]): ChildProcess {
  const [command = '', ...rest] = [...launch.prefix(true), launch.program('postgres'), ...args];
  return spawn(command, rest, { cwd: '/', env: { ...launch.env }, stdio: ['ignore', 'ignore', 'pipe'] });
}
