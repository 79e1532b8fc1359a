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

/** A place in the order of rows: by the transaction that wrote them, then by id. */
export interface Cursor {
  tx: number;
  id: number;
}

export interface VectorRow extends Cursor {
  batch: string | null;
  vector: Float32Array;
}

/** Which rows are offered: those of a batch, and others that belong to it too. */
export interface BatchScope {
  batchId: string;
  /** ids of chunks */
  also: ReadonlySet<number>;
}

/** The vectors of one organization and model, in blocks of plain numbers: 4 bytes a dimension and 12 a row. */
export class VectorSet {
  readonly #blocks: Block[] = [];
  readonly #batches = new Map<string, number>();
  /** everything up to this row is held */
  cursor: Cursor = { tx: 0, id: 0 };

  constructor(readonly dimensions: number) {}

  /** What one more block takes. */
  get blockBytes(): number {
    return ROWS * (this.dimensions * 4 + 12);
  }

  get bytes(): number {
    return this.#blocks.length * this.blockBytes;
  }

  /** Whether the next row opens another block. */
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
   * Offers every row (of the scope, if given) that is held at the time of the call. Gives other work a turn
   * after each block; rows that are appended meanwhile are not seen.
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

/** The product of a vector with the one that begins at `offset`: the cosine, as both have length 1. */
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
