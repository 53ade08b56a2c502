import { CommandError } from '../command-error.ts';

/** Refuse what is no address of a PostgreSQL, before anything is started. Never shows the password. */
export function assertDatabaseUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return;
  const shown = url === undefined ? 'what was given' : `${url.protocol}//${url.host}${url.pathname}`;
  throw new CommandError(`--database-url: ${shown} is not the address of a database: write postgres://user:password@host:5432/database`, 2);
}
