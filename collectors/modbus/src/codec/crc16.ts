const table = buildTable();

/**
 * CRC-16 of Modbus RTU (polynomial 0xA001 reflected, start 0xFFFF): MODBUS over Serial Line V1.02 §6.2.2.
 * Sent low byte first. Covers `bytes[start, end)`.
 */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0xffff;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  return crc;
}

function buildTable(): Uint16Array {
  const entries = new Uint16Array(256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
    entries[n] = crc;
  }
  return entries;
}
