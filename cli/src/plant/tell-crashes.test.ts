import { expect, it } from 'vitest';
import { tellCrashes } from './tell-crashes.ts';

it('a process that ends again and again for the same reason is told once a minute, with how often', () => {
  let nowMs = 0;
  const said: string[] = [];
  const tell = tellCrashes(
    (message) => said.push(message),
    () => nowMs,
  );
  const crash = { name: 'api', how: 'ended with code 1: the disk is full', delayMs: 200, logFile: 'api.log' };
  for (let times = 0; times < 3; times += 1) tell(crash);
  tell({ ...crash, how: 'was ended by SIGKILL' });
  nowMs = 61_000;
  tell(crash);
  expect(said).toEqual([
    'api ended with code 1: the disk is full; it is started again in 0.2 s (log: api.log)',
    'api was ended by SIGKILL; it is started again in 0.2 s (log: api.log)',
    'api ended with code 1: the disk is full (3 times in the last minute); it is started again in 0.2 s (log: api.log)',
  ]);
});
