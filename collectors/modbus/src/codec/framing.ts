/** How PDUs are put into a TCP stream: MBAP header (MODBUS Messaging on TCP/IP V1.0b §3.1) or a serial-line frame with CRC. */
export type Framing = 'Tcp' | 'RtuOverTcp';

/** Which way a frame travels: the length of a serial-line frame depends on it. */
export type Direction = 'request' | 'response';

/** One step of taking frames out of a stream. `frame`: the PDU is `bytes[pduStart, pduEnd)`, the next frame begins at `next`. */
export type AduDecoded =
  | {
      readonly kind: 'frame';
      /** 0 with RtuOverTcp, which has none. */
      readonly transactionId: number;
      readonly unitId: number;
      readonly pduStart: number;
      readonly pduEnd: number;
      readonly next: number;
    }
  | { readonly kind: 'incomplete' }
  /** The stream cannot be followed any further: drop what is buffered and begin again. */
  | { readonly kind: 'malformed'; readonly reason: string };

/** Longest frame of either framing. */
export const MAX_ADU_BYTES = 260;
