/**
 * Quality of a reading: the upper 16 bits of an OPC UA StatusCode (OPC 10000-4 §7.39) as a number 0…65535.
 * Kept from the wire to the export. The two top bits are the severity: 00 Good, 01 Uncertain, 10 Bad.
 */
export const Status = {
  Good: 0x0000,
  GoodLocalOverride: 0x0096,
  UncertainNoCommunicationLastUsableValue: 0x408f,
  UncertainLastUsableValue: 0x4090,
  UncertainSubstituteValue: 0x4091,
  UncertainInitialValue: 0x4092,
  UncertainEngineeringUnitsExceeded: 0x4094,
  Uncertain: 0x4000,
  Bad: 0x8000,
  BadUnexpectedError: 0x8001,
  BadInternalError: 0x8002,
  BadCommunicationError: 0x8005,
  BadTimeout: 0x800a,
  BadWaitingForInitialData: 0x8032,
  BadNodeIdUnknown: 0x8034,
  BadOutOfRange: 0x803c,
  BadTypeMismatch: 0x8074,
  BadNotConnected: 0x808a,
  BadDeviceFailure: 0x808b,
  BadSensorFailure: 0x808c,
  BadOutOfService: 0x808d,
  BadNoCommunication: 0x8031,
  BadConfigurationError: 0x8089,
  BadDecodingError: 0x8007,
  BadNoData: 0x809b,
} as const;

/** Name of a known status, e.g. `Good`, `BadCommunicationError`. */
export type StatusName = keyof typeof Status;

const nameByCode = new Map<number, string>(Object.entries(Status).map(([name, code]) => [code, name]));

/** True when the severity bits say Good (`status >> 14 & 3` is 0). */
export const isGood = (status: number): boolean => ((status >> 14) & 3) === 0;

/** True when the severity bits say Bad (the value must not be used). */
export const isBad = (status: number): boolean => (status & 0x8000) !== 0;

/** Severity of a status: `Good`, `Uncertain` or `Bad`. */
export function severityOf(status: number): 'Good' | 'Uncertain' | 'Bad' {
  if (isGood(status)) return 'Good';
  return isBad(status) ? 'Bad' : 'Uncertain';
}

/** Text of a status: its OPC UA name, else severity and hexadecimal code (`Bad (0x80FE)`). */
export function statusText(status: number): string {
  return nameByCode.get(status) ?? `${severityOf(status)} (0x${status.toString(16).toUpperCase().padStart(4, '0')})`;
}
