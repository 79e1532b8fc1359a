import type { ImportCalls } from '@/lib/contracts/import';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';

const MOST_HOSTS = 1_000;

/** Collects what the items of an import will call. */
export class CallTally {
  readonly #methods = new Set<string>();
  readonly #hosts = new Set<string>();
  #unknown = 0;

  constructor(private readonly type: JobType) {}

  add(data: unknown): void {
    const { callOf } = definitionOf(this.type);
    if (!callOf) return;
    const call = callOf(data);
    if (!call) this.#unknown += 1;
    else {
      this.#methods.add(call.method);
      if (this.#hosts.size < MOST_HOSTS) this.#hosts.add(call.host);
    }
  }

  /** Undefined for items that call nothing. */
  get calls(): ImportCalls | undefined {
    if (!definitionOf(this.type).callOf) return undefined;
    const [host = null] = this.#hosts;
    return {
      methods: [...this.#methods].sort(),
      hosts: this.#hosts.size,
      host: this.#hosts.size === 1 ? host : null,
      unknown: this.#unknown,
    };
  }
}
