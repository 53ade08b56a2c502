import { flagNames, statusText } from '@kubeplant/words';

/** Words for the status and the flags of readings; most readings have those of the reading before. */
export interface ExportedWords {
  status(status: number): string;
  flags(flags: number): readonly string[];
}

export function createExportedWords(): ExportedWords {
  return { status: remember(statusText), flags: remember(flagNames) };
}

function remember<T>(describe: (code: number) => T): (code: number) => T {
  const known = new Map<number, T>(); // codes are 16 bits: there are not many
  return (code) => {
    let found = known.get(code);
    if (found === undefined) {
      found = describe(code);
      known.set(code, found);
    }
    return found;
  };
}
