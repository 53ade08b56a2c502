import { runSimulatorMain } from './run-simulator-main.ts';

await runSimulatorMain(process.env);
