/** A file cut at its `---` lines: `separators[i]` stands before `chunks[i]`. */
export interface SplitFile {
  readonly separators: readonly string[];
  readonly chunks: readonly string[];
}

/** Cut a file into its documents, so that an edit leaves the others byte for byte as they are. */
export function splitDocuments(text: string): SplitFile {
  const separators = [''];
  const chunks: string[] = [];
  let chunk = '';
  for (const line of text.split(/(?<=\n)/)) {
    if (/^---(\s|$)/.test(line)) {
      chunks.push(chunk);
      // What follows on the line (`--- # comment`) stays with the separator; a value there is not ours to edit.
      separators.push(line);
      chunk = '';
    } else {
      chunk += line;
    }
  }
  chunks.push(chunk);
  const empty = chunks.length > 1 && /^(\s|#.*)*$/.test(chunks[0] ?? '');
  if (!empty) return { separators, chunks };
  // Comments before the first separator are no document: they stay with it.
  return { separators: [`${chunks[0]}${separators[1]}`, ...separators.slice(2)], chunks: chunks.slice(1) };
}

export const joinDocuments = ({ separators, chunks }: SplitFile): string =>
  chunks.map((chunk, index) => `${separators[index] ?? ''}${chunk}`).join('');
