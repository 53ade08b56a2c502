import type { StoredReading } from '../ports.ts';
import type { ExportedSeries } from './exported-series.ts';

/** Makes the bytes of an export file. What it holds is bounded, however long the file. */
export interface ExportWriter {
  /** The readings of one tag begin. */
  begin(series: ExportedSeries): void;
  /** Bytes that are ready now; may be none. */
  write(readings: readonly StoredReading[]): Uint8Array;
  /** The last bytes. */
  end(): Uint8Array;
}
