import type { TopK } from './top-k';

const ROWS = 4096;

interface Block {
  vectors: Float32Array;
  ids: Float64Array;
  /** numbers of batches, see `#batches` */
  batches: Int32Array;
  count: number;
}

const NO_BATCH = 0;

/** A position in the order of rows: by the transaction that wrote them, then by id. */
export interface Cursor {
  tx: number;
  id: number;
}

export interface VectorRow extends Cursor {
  batch: string | null;
  vector: Float32Array;
}

/** Limits a scan to the rows of a batch and to the rows that its duplicates use. */
export interface BatchScope {
  batchId: string;
  /** ids of chunks */
  also: ReadonlySet<number>;
}

/** The vectors of one organization and model, in blocks of typed arrays: per row 4 bytes per dimension, and 12 more. */
export class VectorSet {
  readonly #blocks: Block[] = [];
  readonly #batches = new Map<string, number>();
  /** all rows up to this one are in the set */
  cursor: Cursor = { tx: 0, id: 0 };

  constructor(readonly dimensions: number) {}

  /** The size of one block, in bytes. */
  get blockBytes(): number {
    return ROWS * (this.dimensions * 4 + 12);
  }

  get bytes(): number {
    return this.#blocks.length * this.blockBytes;
  }

  /** Returns whether the next row needs a new block. */
  get isFull(): boolean {
    const last = this.#blocks.at(-1);
    return last === undefined || last.count === ROWS;
  }

  append({ tx, id, batch, vector }: VectorRow): void {
    let block = this.#blocks.at(-1);
    if (!block || block.count === ROWS) {
      block = {
        vectors: new Float32Array(ROWS * this.dimensions),
        ids: new Float64Array(ROWS),
        batches: new Int32Array(ROWS),
        count: 0,
      };
      this.#blocks.push(block);
    }
    block.vectors.set(vector, block.count * this.dimensions);
    block.ids[block.count] = id;
    block.batches[block.count] = batch === null ? NO_BATCH : this.#numberOf(batch);
    block.count++;
    this.cursor = { tx, id };
  }

  #numberOf(batchId: string): number {
    const number = this.#batches.get(batchId) ?? this.#batches.size + 1;
    this.#batches.set(batchId, number);
    return number;
  }

  /**
   * Offers every row (of the scope, if given) that is in the set at the time of the call. It yields to the event loop
   * after each block; rows that are appended meanwhile are skipped.
   */
  async scan(query: Float32Array, scope: BatchScope | undefined, top: TopK): Promise<void> {
    const held = this.#blocks.map((block) => ({ block, count: block.count }));
    const batch = scope && (this.#batches.get(scope.batchId) ?? -1);
    if (batch === -1 && scope?.also.size === 0) return;
    for (const { block, count } of held) {
      for (let row = 0; row < count; row++) {
        const id = block.ids[row] ?? 0;
        if (scope && block.batches[row] !== batch && !scope.also.has(id)) continue;
        top.offer(id, dot(query, block.vectors, row * this.dimensions));
      }
      await new Promise(setImmediate);
    }
  }
}

/** The dot product of a vector with the one at `offset`. It equals the cosine, because both have length 1. */
export function dot(query: Float32Array, vectors: Float32Array, offset = 0): number {
  let a = 0;
  let b = 0;
  const n = query.length;
  let i = 0;
  for (; i + 1 < n; i += 2) {
    a += (query[i] as number) * (vectors[offset + i] as number);
    b += (query[i + 1] as number) * (vectors[offset + i + 1] as number);
  }
  return i < n ? a + b + (query[i] as number) * (vectors[offset + i] as number) : a + b;
}
