import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The other end of the Modbus bench, in a process of its own. */
export interface FastModbusServer {
  readonly port: number;
  /** What it is written in; the one in Node is slower and may be what a bench measures. */
  readonly language: 'Go' | 'Node';
  stop(): Promise<void>;
}

/** Build the server in Go and start it; without Go, start the one in Node. */
export async function startFastModbusServer(): Promise<FastModbusServer> {
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-modbus-'));
  const program = buildGo(folder);
  const inNode = fileURLToPath(new URL('./fast-modbus-server.ts', import.meta.url));
  const child = program === undefined ? start(process.execPath, [inNode]) : start(program, []);
  const [line] = (await Promise.race([once(child.stdout, 'data'), failure(child)])) as [Buffer];
  return {
    port: Number(line.toString()),
    language: program === undefined ? 'Node' : 'Go',
    stop: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Path of the program; undefined: there is no Go that builds it. */
function buildGo(folder: string): string | undefined {
  const program = join(folder, 'fast-modbus-server');
  const cwd = fileURLToPath(new URL('../../tools/fast-modbus-server', import.meta.url));
  const env = { ...process.env, CGO_ENABLED: '0' };
  return spawnSync('go', ['build', '-trimpath', '-o', program, '.'], { cwd, env }).status === 0 ? program : undefined;
}

const start = (command: string, args: readonly string[]) => spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });

async function failure(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`the Modbus server of the bench ended with ${code}`);
}
