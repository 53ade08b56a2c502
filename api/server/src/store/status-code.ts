/** The one place where a status (upper 16 bits of a StatusCode, 0…65535) meets int2, as two's complement. */
export const toInt2 = (status: number): number => (status << 16) >> 16;

/** The status of an int2. */
export const fromInt2 = (stored: number): number => stored & 0xffff;
