import type { SimulatorEndpoints } from '@kubeplant/plan';
import type { DesiredProcesses } from './carry-out/processes.ts';
import type { Report } from './local-host.ts';

/** What the local operator tells the process that started it. */
export type OperatorMessage =
  | { readonly type: 'ready'; readonly ports: Readonly<Record<string, number>> }
  /** The processes there should be now. */
  | ({ readonly type: 'processes' } & DesiredProcesses)
  /** What came of reading the YAML. */
  | ({ readonly type: 'report' } & Report)
  /** Something to tell the user about the host itself. */
  | { readonly type: 'notice'; readonly message: string }
  /** The api has accepted every model in force. */
  | { readonly type: 'applied' };

/** What the parent tells the local operator. */
export type ParentMessage =
  /** A simulator listens: `<namespace>/<channel key>` → endpoint. */
  | { readonly type: 'simulators'; readonly listeners: SimulatorEndpoints }
  /** Collectors that run, by name. */
  | { readonly type: 'running'; readonly collectors: readonly string[] };
