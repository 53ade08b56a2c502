#!/usr/bin/env node
import { runCli } from './run-cli.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `kubeplant: Node ${process.versions.node} is too old: 22.19 or newer is needed (in the repository use npm start, which brings its own)\n`,
  );
  process.exit(1);
}
if (process.argv[2] === 'up') process.title = 'kubeplant: up';
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader is gone (`| head`): there is nobody left to write for, but a plant goes on.
  if (error.code === 'EPIPE' && process.argv[2] !== 'up') process.exit(0);
});
process.exitCode = await runCli(process.argv.slice(2));
