/** Saves bytes, or text, as a file on the user's machine. @param type its content type */
export function saveFile(fileName: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = fileName;
  anchor.click();
  // The browser has started the download by then. Without this call, the content stays in memory.
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
