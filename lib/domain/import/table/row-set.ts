/** A bit set of row numbers, from 1: a million rows take 125 KB. */
export class RowSet {
  #bits: Uint8Array;
  #last = 0;

  constructor(bits: Uint8Array = new Uint8Array(1024)) {
    this.#bits = bits;
  }

  add(row: number): void {
    const at = (row - 1) >> 3;
    if (at >= this.#bits.length) {
      const more = new Uint8Array(Math.max(at + 1, this.#bits.length * 2));
      more.set(this.#bits);
      this.#bits = more;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << ((row - 1) & 7));
    this.#last = Math.max(this.#last, at + 1);
  }

  has(row: number): boolean {
    return ((this.#bits[(row - 1) >> 3] ?? 0) & (1 << ((row - 1) & 7))) !== 0;
  }

  /** Returns the stored form. */
  bytes(): Uint8Array {
    return this.#bits.subarray(0, this.#last);
  }
}
