import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchMessage } from './bench-process.ts';

/** A bench that hangs, will not be told to end, and has begun a process of its own; its argument `dies` ends it at once. */
const tell = (message: BenchMessage): void => void process.send?.(message);
const child = spawn('sleep', ['1000']);
const folder = mkdtempSync(join(tmpdir(), 'kp-stuck-'));
process.on('SIGTERM', () => undefined);
tell({ kind: 'begun', description: `${child.pid} ${folder}`, limitS: process.argv[2] === 'slow' ? 1000 : undefined });
tell({ kind: 'step', what: 'waiting for the Flood' });
if (process.argv[2] === 'dies') process.disconnect();
if (process.argv[2] === 'dies') process.exit(3);
