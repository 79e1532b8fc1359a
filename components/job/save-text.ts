/** Saves text as a file on the user's machine. */
export function saveText(fileName: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = fileName;
  anchor.click();
  // The browser has started the download by then. Without this call, the text stays in memory.
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
