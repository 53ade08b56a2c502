import { defineCommand } from 'citty';
import { formatTable } from '../output/table.ts';
import { DEFAULT_DATA, dataDirectory } from '../plant/data-directory.ts';
import { lockOwner } from '../plant/lock.ts';
import { isAlive } from '../plant/process-identity.ts';
import { type ProcessState, readPlantState } from '../plant/state-file.ts';

export const status = defineCommand({
  meta: { name: 'status', description: 'Say whether the local plant runs, and show its processes.' },
  args: {
    data: { type: 'string', description: 'Data folder of the plant.', default: DEFAULT_DATA, valueHint: 'DIR' },
    json: { type: 'boolean', description: 'Print JSON.' },
  },
  run: ({ args }) => {
    const data = dataDirectory(args.data);
    const owner = lockOwner(data);
    const state = owner === undefined ? undefined : readPlantState(data);
    const mine = state?.owner.pid === owner?.pid ? state : undefined;
    const running = owner !== undefined;
    if (args.json) {
      const processes = [
        ...(owner ? [{ name: 'up', title: 'kubeplant: up', state: 'Running', pid: owner.pid }] : []),
        ...(mine?.processes ?? []).map(present),
      ];
      process.stdout.write(
        `${JSON.stringify({ running, ready: mine?.ready ?? false, url: mine?.url, since: mine?.since, data: data.root, processes }, undefined, 2)}\n`,
      );
    } else if (!running) {
      process.stderr.write(`no plant runs on ${data.root}\n`);
    } else if (mine === undefined) {
      process.stderr.write(`a plant is starting on ${data.root} (process ${owner.pid})\n`);
    } else {
      process.stdout.write(
        `${mine.url}   since ${mine.since}   process ${owner.pid}\n\n${formatTable(columns, mine.processes.map(present))}\n`,
      );
    }
    return running ? 0 : 1;
  },
});

/** What was written down may be a moment old: a process that is gone is shown so. */
const present = (process: ProcessState): ProcessState => {
  const { pid, started } = process;
  return pid !== undefined && started !== undefined && !isAlive({ pid, started }) ? { ...process, state: 'Stopped' } : process;
};

const columns = [
  { title: 'PROCESS', value: (row: ProcessState) => row.title },
  { title: 'STATE', value: (row: ProcessState) => row.state },
  { title: 'PID', value: (row: ProcessState) => (row.pid === undefined ? undefined : String(row.pid)) },
  { title: 'RESTARTS', value: (row: ProcessState) => row.restarts },
  {
    title: 'PORTS',
    value: (row: ProcessState) =>
      Object.entries(row.ports)
        .map(([name, port]) => `${name} ${port}`)
        .join(', '),
  },
];
