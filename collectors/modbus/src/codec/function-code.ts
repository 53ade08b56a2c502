/** Function code of a read: coils, discrete inputs, holding registers, input registers (MODBUS Application Protocol V1.1b3 §6.1 to §6.4). */
export type ReadFunction = 1 | 2 | 3 | 4;

/** Set in the function code of an exception response (§7). */
export const EXCEPTION_BIT = 0x80;

/** Most a request may ask for or write: §6.1 (coils), §6.3 (registers), §6.11, §6.12. */
export const LIMITS = { readBits: 2000, readRegisters: 125, writeBits: 1968, writeRegisters: 123 } as const;

/** Longest PDU (§4.1); with MBAP 260 bytes, with RTU address and CRC 256. */
export const MAX_PDU_BYTES = 253;

/** Exception codes of §7 by name. */
export const ExceptionCode = {
  IllegalFunction: 1,
  IllegalDataAddress: 2,
  IllegalDataValue: 3,
  ServerDeviceFailure: 4,
  Acknowledge: 5,
  ServerDeviceBusy: 6,
  MemoryParityError: 8,
  GatewayPathUnavailable: 10,
  GatewayTargetDeviceFailedToRespond: 11,
} as const;

const nameByCode = new Map<number, string>(Object.entries(ExceptionCode).map(([name, code]) => [code, name]));

/** Name of an exception code; undefined for a code the standard does not know. */
export const exceptionName = (code: number): string | undefined => nameByCode.get(code);

/** True for the functions whose data are bits, not registers. */
export const isBitFunction = (functionCode: number): boolean => functionCode === 1 || functionCode === 2;

/** Bytes of data a read of `count` items brings: a bit each, filled up to whole bytes (§6.1), or two bytes a register (§6.3). */
export const readDataBytes = (functionCode: number, count: number): number => (isBitFunction(functionCode) ? (count + 7) >> 3 : count * 2);
