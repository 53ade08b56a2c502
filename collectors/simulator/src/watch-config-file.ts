import { readFile } from 'node:fs/promises';

const POLL_MS = 500;

/**
 * Read a file now and whenever its content changes, also by replacement of a link (a mounted ConfigMap). `changed` is not called
 * again before it has finished. Rejects when the file cannot be read the first time; later absence is waited out.
 */
export async function watchConfigFile(path: string, changed: (bytes: Uint8Array) => Promise<void>): Promise<() => void> {
  let last = await readFile(path);
  await changed(last);
  let stopped = false;
  let timer: NodeJS.Timeout;
  const look = async () => {
    const bytes = await readFile(path).catch(() => undefined);
    if (!stopped && bytes !== undefined && !bytes.equals(last)) {
      last = bytes;
      await changed(bytes);
    }
    if (!stopped) timer = setTimeout(look, POLL_MS);
  };
  timer = setTimeout(look, POLL_MS);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
