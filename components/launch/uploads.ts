import { describeError, isApiError } from '@/lib/client/api';
import { uploadFile } from '@/lib/client/mutations/launch';
import type { UploadedFile } from './draft';

export interface Upload {
  id: number;
  name: string;
  size: number;
  state: 'waiting' | 'uploading' | 'done' | 'failed';
  /** bytes sent */
  sent: number;
  fileId: string | null;
  error: string | null;
}

/** Concurrent uploads: enough to use the bandwidth, and few enough to leave connections for the page. */
const AT_ONCE = 3;
const NOTIFY_MS = 120;

/** Returns the files that were uploaded. */
export const storedOf = (list: readonly Upload[]): UploadedFile[] =>
  list.flatMap((u) => (u.fileId ? [{ fileId: u.fileId, name: u.name, size: u.size }] : []));

/** The files of a launch. Uploads a few at a time, and notifies its watchers a few times a second. */
export class Uploads {
  #entries: Upload[] = [];
  #shown: readonly Upload[] = [];
  readonly #files = new Map<number, File>();
  readonly #running = new Map<number, AbortController>();
  readonly #watchers = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastId = 0;

  /** @param files files that were uploaded before a reload */
  constructor(files: readonly UploadedFile[] = []) {
    this.#entries = files.map((file) => this.#entry(file.name, file.size, { state: 'done', fileId: file.fileId }));
    this.#publish();
  }

  add(files: readonly { file: File; name: string }[]): void {
    for (const { file, name } of files) {
      const entry = this.#entry(name, file.size);
      this.#entries.push(entry);
      this.#files.set(entry.id, file);
    }
    this.#pump();
    this.#publish();
  }

  remove(id: number): void {
    this.#running.get(id)?.abort();
    this.#files.delete(id);
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    this.#pump();
    this.#publish();
  }

  retry(id?: number): void {
    for (const entry of this.#entries) {
      if (entry.state === 'failed' && (id === undefined || entry.id === id))
        this.#set(entry.id, { state: 'waiting', error: null });
    }
    this.#pump();
    this.#publish();
  }

  clear(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#files.clear();
    this.#entries = [];
    this.#publish();
  }

  /** whether an upload is unfinished */
  get busy(): boolean {
    return this.#entries.some((entry) => entry.state === 'uploading' || entry.state === 'waiting');
  }

  list = (): readonly Upload[] => this.#shown;

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  #entry(name: string, size: number, rest: Partial<Upload> = {}): Upload {
    this.#lastId += 1;
    return { id: this.#lastId, name, size, state: 'waiting', sent: 0, fileId: null, error: null, ...rest };
  }

  #set(id: number, change: Partial<Upload>): void {
    const i = this.#entries.findIndex((entry) => entry.id === id);
    const entry = this.#entries[i];
    if (entry) this.#entries[i] = { ...entry, ...change };
    this.#timer ??= setTimeout(() => this.#publish(), NOTIFY_MS);
  }

  #publish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shown = [...this.#entries];
    for (const watcher of this.#watchers) watcher();
  }

  #pump(): void {
    for (const entry of this.#entries) {
      if (this.#running.size >= AT_ONCE) return;
      if (entry.state === 'waiting' && !this.#running.has(entry.id)) void this.#upload(entry.id);
    }
  }

  async #upload(id: number): Promise<void> {
    const file = this.#files.get(id);
    if (!file) return;
    const controller = new AbortController();
    this.#running.set(id, controller);
    this.#set(id, { state: 'uploading', sent: 0 });
    try {
      const { fileId } = await uploadFile(file, {
        signal: controller.signal,
        onProgress: (sent) => this.#set(id, { sent }),
      });
      this.#set(id, { state: 'done', fileId, sent: file.size });
      this.#files.delete(id);
    } catch (error) {
      if (!controller.signal.aborted) this.#set(id, { state: 'failed', error: explain(error) });
    } finally {
      this.#running.delete(id);
      this.#pump();
    }
  }
}

function explain(error: unknown): string {
  if (isApiError(error, 'payload-too-large')) return `Too large. ${error.detail}`;
  return describeError(error);
}
