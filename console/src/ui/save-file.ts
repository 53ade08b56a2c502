/** Let the browser save a text. */
export function saveText(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
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
