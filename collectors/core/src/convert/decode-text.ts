const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Longest text of a reading, bytes of UTF-8; longer ones are cut and flagged Truncated. */
export const MAX_TEXT_BYTES = 4096;

/** Text of a fixed field: up to the first NUL, invalid UTF-8 replaced by U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** The text as it may be sent: cut at NUL and at 4 KiB between characters, lone surrogates replaced. */
export function limitText(text: string): { readonly text: string; readonly truncated: boolean } {
  const end = text.indexOf('\0');
  const clean = (end < 0 ? text : text.slice(0, end)).toWellFormed();
  if (clean.length * 3 <= MAX_TEXT_BYTES || Buffer.byteLength(clean) <= MAX_TEXT_BYTES) return { text: clean, truncated: false };
  const bytes = Buffer.from(clean);
  let cut = MAX_TEXT_BYTES;
  while (cut > 0 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--;
  return { text: bytes.toString('utf8', 0, cut), truncated: true };
}
