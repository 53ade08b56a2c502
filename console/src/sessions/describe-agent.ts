/** `Firefox on Linux` of a user agent; the agent itself where it is none that is known. */
export function describeAgent(agent: string): string {
  const browser = [
    ['Edg/', 'Edge'],
    ['OPR/', 'Opera'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ].find(([sign = '']) => agent.includes(sign))?.[1];
  if (browser === undefined) return agent === '' ? 'Unknown' : agent.slice(0, 60);
  const system = [
    ['Android', 'Android'],
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Windows', 'Windows'],
    ['Mac OS', 'macOS'],
    ['Linux', 'Linux'],
  ].find(([sign = '']) => agent.includes(sign))?.[1];
  return system === undefined ? browser : `${browser} on ${system}`;
}
