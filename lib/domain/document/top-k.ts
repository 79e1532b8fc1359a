/** Keeps the k best of any number of scored ids, in constant memory: a heap whose root is the worst kept one. */
export class TopK {
  readonly #scores: Float64Array;
  readonly #ids: Float64Array;
  #size = 0;

  constructor(readonly k: number) {
    this.#scores = new Float64Array(k);
    this.#ids = new Float64Array(k);
  }

  /** The minimum score, exclusive. */
  get floor(): number {
    return this.#size < this.k ? Number.NEGATIVE_INFINITY : this.#at(this.#scores, 0);
  }

  offer(id: number, score: number): void {
    if (!(score > this.floor)) return;
    if (this.#size < this.k) {
      this.#set(this.#size, score, id);
      this.#up(this.#size++);
    } else {
      this.#set(0, score, id);
      this.#down(0);
    }
  }

  /** Returns the ids by descending score; equal scores are sorted by id. */
  best(): { id: number; score: number }[] {
    return Array.from({ length: this.#size }, (_, i) => ({
      id: this.#at(this.#ids, i),
      score: this.#at(this.#scores, i),
    })).sort((a, b) => b.score - a.score || a.id - b.id);
  }

  #at(array: Float64Array, i: number): number {
    return array[i] ?? Number.NEGATIVE_INFINITY;
  }

  #set(i: number, score: number, id: number): void {
    this.#scores[i] = score;
    this.#ids[i] = id;
  }

  #swap(i: number, j: number): void {
    const [score, id] = [this.#at(this.#scores, i), this.#at(this.#ids, i)];
    this.#set(i, this.#at(this.#scores, j), this.#at(this.#ids, j));
    this.#set(j, score, id);
  }

  #up(from: number): void {
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (this.#at(this.#scores, parent) <= this.#at(this.#scores, i)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #down(from: number): void {
    for (let i = from; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.#size && this.#at(this.#scores, child) < this.#at(this.#scores, least)) least = child;
      }
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }
}
