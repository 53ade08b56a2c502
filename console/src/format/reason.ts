/** Words for a reason constant: `CollectorUnavailable` → `Collector unavailable`. */
export function formatReason(reason: string): string {
  const words = reason.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(' ');
  return words.map((word, n) => (n === 0 || /^[A-Z]{2,}/.test(word) ? word : word.toLowerCase())).join(' ');
}

/** `HeldByPeer: collector a-1 holds shard a` → `Held by peer: collector a-1 holds shard a`. */
export const formatCause = (cause: string): string => cause.replace(/^[A-Za-z]+(?=: )/, formatReason);
