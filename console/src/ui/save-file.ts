/** Let the browser save what it holds. */
export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  openDownload(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Let the browser save what is at an address. */
export function openDownload(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
