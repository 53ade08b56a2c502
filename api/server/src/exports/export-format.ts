import type { ExportFormat } from '@kubeplant/api-client';
import type { ExportWriter } from './export-writer.ts';
import { createCsvFormat, CSV_HEADER } from './format-csv.ts';
import { createNdjsonFormat } from './format-ndjson.ts';
import { createParquetWriter } from './write-parquet.ts';

/** How files of each format are called and sent. */
export const EXPORT_FILES: Readonly<Record<ExportFormat, { readonly extension: string; readonly contentType: string }>> = {
  csv: { extension: 'csv', contentType: 'text/csv; charset=utf-8; header=present' },
  ndjson: { extension: 'ndjson', contentType: 'application/x-ndjson' },
  parquet: { extension: 'parquet', contentType: 'application/vnd.apache.parquet' },
};

/** Writer of a format. */
export function createExportWriter(format: ExportFormat): ExportWriter {
  if (format === 'parquet') return createParquetWriter();
  if (format === 'ndjson') return createTextWriter('', createNdjsonFormat);
  return createTextWriter(CSV_HEADER, createCsvFormat);
}

function createTextWriter(header: string, createFormat: typeof createCsvFormat): ExportWriter {
  let format: ReturnType<typeof createFormat> = () => '';
  let before = header;
  const take = (text: string): Uint8Array => {
    const bytes = Buffer.from(before + text);
    before = '';
    return bytes;
  };
  return {
    begin: (series) => {
      format = createFormat(series);
    },
    write: (readings) => take(format(readings)),
    end: () => take(''),
  };
}
