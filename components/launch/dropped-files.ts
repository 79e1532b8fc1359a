export interface Found {
  file: File;
  /** includes the folder path if the file was in a folder */
  name: string;
}

/** Files that operating systems create in folders. */
const JUNK = /^(\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function walk(entry: FileSystemEntry): Promise<Found[]> {
  if (JUNK.test(entry.name)) return [];
  if (entry.isFile)
    return [{ file: await fileOf(entry as FileSystemFileEntry), name: entry.fullPath.replace(/^\//, '') }];
  const found: Found[] = [];
  for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) found.push(...(await walk(child)));
  return found;
}

/** Returns all dropped files, including those in folders. */
export async function droppedFiles(data: DataTransfer): Promise<Found[]> {
  // Entries must be taken before the first await: the browser empties the list when the event ends.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...data.files].map((file) => ({ file, name: file.name }));
  const folders = entries.some((entry) => entry?.isDirectory);
  if (!folders) return plain;
  const found: Found[] = [];
  for (const entry of entries) if (entry) found.push(...(await walk(entry)));
  return found;
}

/** Returns the files of a file input. `webkitRelativePath` is set when a folder was chosen. */
export const chosenFiles = (list: FileList | null): Found[] =>
  [...(list ?? [])]
    .filter((file) => !JUNK.test(file.name))
    .map((file) => ({ file, name: file.webkitRelativePath || file.name }));
