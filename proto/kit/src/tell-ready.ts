/** Ports of a process by name: `http`, `ingest`, `model`, `probe` … */
export type ReadyPorts = Readonly<Record<string, number>>;

/** What a child tells its parent over IPC once it serves. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly ports: ReadyPorts;
}

/** Tell the parent that this process serves, and where; does nothing without a parent. */
export function tellReady(ports: ReadyPorts): void {
  const message: ReadyMessage = { type: 'ready', ports };
  process.send?.(message);
}
