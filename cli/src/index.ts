export { CommandError } from './command-error.ts';
export { runCli } from './run-cli.ts';
