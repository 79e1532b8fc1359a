import type { Readable } from 'node:stream';

/** A byte range, both ends inclusive, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/** The metadata of a stored object. */
export interface ObjectFacts {
  size: number;
  contentType: string;
}

/** Stores the bytes of files. Keys are generated ids; user-supplied names are never used as keys. */
export interface Storage {
  readonly kind: StorageKind;
  /** Moves a received file from this machine's disk into the storage. When it resolves, the bytes are durable. */
  keep(path: string, id: string, facts: ObjectFacts): Promise<void>;
  /**
   * Read the stream to its end or destroy it, because it holds a file or a connection.
   * @throws DomainError `unavailable`
   */
  open(id: string, range?: ByteRange): Promise<Readable>;
  /** Idempotent: removing an absent object succeeds. */
  remove(id: string): Promise<void>;
}

export type StorageKind = 'local' | 's3';
