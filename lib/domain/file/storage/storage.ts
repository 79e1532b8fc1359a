import type { Readable } from 'node:stream';

/** Bytes of a file, both ends included, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/** What a stored object is described with. */
export interface ObjectFacts {
  size: number;
  contentType: string;
}

/** Where the bytes of files are kept. Keys are ids that we made; names of people never get here. */
export interface Storage {
  readonly kind: StorageKind;
  /** Takes over a file that was received on this machine's disk. When it resolves, the bytes are durable. */
  keep(path: string, id: string, facts: ObjectFacts): Promise<void>;
  /** Read it to its end or destroy it: it holds a file or a connection. @throws DomainError `unavailable` */
  open(id: string, range?: ByteRange): Promise<Readable>;
  /** Removing what is not there is fine. */
  remove(id: string): Promise<void>;
}

export type StorageKind = 'local' | 's3';
