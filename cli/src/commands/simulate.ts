import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatProblem } from '@kubeplant/operator-local';
import { defineCommand } from 'citty';
import { CommandError } from '../command-error.ts';
import { formatTable } from '../output/table.ts';
import { childProcess } from '../plant/child-process.ts';
import { type Supervised, supervise } from '../plant/supervise.ts';
import { readPlant } from '../read-plant.ts';

export const simulate = defineCommand({
  meta: { name: 'simulate', description: 'Run only the simulators of a plant: devices to connect anything to.' },
  args: {
    path: { type: 'positional', required: true, description: 'Files and folders with YAML.', valueHint: 'PATH…' },
    host: { type: 'string', description: 'Address the simulated devices listen on.', default: '127.0.0.1' },
    json: { type: 'boolean', description: 'Print the endpoints as JSON, one object a line.' },
  },
  run: async ({ args }) => {
    const { problems, plan } = await readPlant(args._, true);
    for (const problem of problems) process.stderr.write(`${problem.severity.toLowerCase()} ${formatProblem(problem)}\n`);
    if (plan.simulators.length === 0)
      throw new CommandError('there is nothing to simulate: declare a Simulation, in a Site with spec.simulation: Allowed');
    const folder = mkdtempSync(join(tmpdir(), 'kubeplant-simulate-'));
    const running: Supervised[] = [];
    try {
      for (const simulator of plan.simulators) {
        const name = `${simulator.namespace}.${simulator.simulation}`;
        const file = join(folder, `${name}.json`);
        writeFileSync(file, JSON.stringify(simulator));
        const env = {
          KUBEPLANT_SIMULATOR_CONFIG: file,
          KUBEPLANT_SIMULATOR_HOST: args.host,
          KUBEPLANT_PROBE_HOST: '127.0.0.1',
          KUBEPLANT_PROBE_PORT: '0',
        };
        running.push(
          supervise({
            ...childProcess({ name, title: 'kubeplant: simulator', entry: 'simulator', env, logs: folder }),
            onMessage: (message) => printListeners(message, args.json === true),
            onCrash: ({ how, logFile }) => process.stderr.write(`the simulator ${name} ${how}; it is started again (log: ${logFile})\n`),
            onChange: () => undefined,
          }),
        );
      }
      process.stderr.write('Ctrl-C stops.\n');
      await new Promise<void>((resolve) => {
        process.once('SIGINT', () => resolve());
        process.once('SIGTERM', () => resolve());
      });
    } finally {
      await Promise.all(running.map((process) => process.stop(3000)));
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

function printListeners(message: unknown, json: boolean): void {
  const { listeners = {} } = message as { readonly listeners?: Readonly<Record<string, { readonly host: string; readonly port: number }>> };
  const rows = Object.entries(listeners).map(([channel, { host, port }]) => ({ channel, host, port }));
  if (rows.length === 0) return;
  if (json) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
  else
    process.stdout.write(
      `${formatTable(
        [
          { title: 'CHANNEL', value: (row) => row.channel },
          { title: 'LISTENS ON', value: (row) => `${row.host}:${row.port}` },
        ],
        rows,
      )}\n`,
    );
}
