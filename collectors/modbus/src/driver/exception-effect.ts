import { Status } from '@kubeplant/words';
import { ExceptionCode, exceptionName } from '../codec/function-code.ts';

/**
 * What an exception does to the tags of a read:
 *
 * | code | effect | status of the tags |
 * |---|---|---|
 * | 01 Illegal Function | all tags of the function are rejected | BadConfigurationError |
 * | 02 Illegal Data Address | the read is split, the bad tag rejected | BadNodeIdUnknown |
 * | 03 Illegal Data Value | the read is split, the bad tag rejected | BadOutOfRange |
 * | 04 Server Device Failure | the read is split, the bad tag rejected | BadDeviceFailure |
 * | 08 Memory Parity Error | the values of this read are bad | BadDeviceFailure |
 * | 05 Acknowledge, 06 Server Device Busy | asked again, then the values of this read are bad | BadCommunicationError |
 * | 0A Gateway Path Unavailable, 0B Gateway Target Device Failed To Respond | the unit is silent | by loss of the device |
 */
export type ExceptionEffect =
  | { readonly kind: 'refused'; readonly wholeFunction: boolean; readonly status: number }
  | { readonly kind: 'bad'; readonly status: number }
  | { readonly kind: 'busy'; readonly status: number }
  | { readonly kind: 'silent' };

/** Effect of an exception code of §7. */
export function exceptionEffect(code: number): ExceptionEffect {
  switch (code) {
    case ExceptionCode.IllegalFunction:
      return { kind: 'refused', wholeFunction: true, status: Status.BadConfigurationError };
    case ExceptionCode.IllegalDataAddress:
      return { kind: 'refused', wholeFunction: false, status: Status.BadNodeIdUnknown };
    case ExceptionCode.IllegalDataValue:
      return { kind: 'refused', wholeFunction: false, status: Status.BadOutOfRange };
    case ExceptionCode.ServerDeviceFailure:
      return { kind: 'refused', wholeFunction: false, status: Status.BadDeviceFailure };
    case ExceptionCode.GatewayPathUnavailable:
    case ExceptionCode.GatewayTargetDeviceFailedToRespond:
      return { kind: 'silent' };
    case ExceptionCode.MemoryParityError:
      return { kind: 'bad', status: Status.BadDeviceFailure };
    default:
      return { kind: 'busy', status: Status.BadCommunicationError };
  }
}

/** `Illegal Data Address (02)` for people. */
export function describeException(code: number): string {
  const name = (exceptionName(code) ?? 'Exception').replace(/([a-z])([A-Z])/g, '$1 $2');
  return `${name} (${code.toString(16).toUpperCase().padStart(2, '0')})`;
}
