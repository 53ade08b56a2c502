/** Microseconds since 1970 of a time as it is sent to the database. */
export const microsOf = (timestamp: unknown): number => {
  const text = String(timestamp);
  return Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23, 26));
};
