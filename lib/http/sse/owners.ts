/** More than are told of between two looks; beyond it all is forgotten and asked for again. */
const MAX = 20_000;

/** Which organization a batch or job belongs to, as far as rows have told: hints don't say it. */
export class Owners {
  readonly #known = new Map<string, string>();

  get(id: string | null | undefined): string | undefined {
    return id ? this.#known.get(id) : undefined;
  }

  set(id: string, organizationId: string): void {
    if (this.#known.size >= MAX) this.#known.clear();
    this.#known.set(id, organizationId);
  }
}
