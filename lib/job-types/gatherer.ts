/** How items are gathered for one call. */
export interface GatherOptions<Item, Outcome> {
  /** milliseconds that the first item of a group waits for others at most */
  maxWaitMs: number;
  /** a group is called when it weighs this much; an item that weighs more goes alone */
  maxWeight: number;
  /** 1 for each item by default */
  weightOf?(item: Item): number;
  /**
   * Does the work of a group, and returns an outcome for each item, in order. An `Error` rejects that item alone; what is
   * thrown rejects all of them.
   * @param signal aborted when every item of the call was
   */
  call(items: Item[], signal: AbortSignal): Promise<readonly (Outcome | Error)[]>;
  /** an item that is aborted during the call is rejected at once; by default it gets the outcome of the call */
  leavesCall?: boolean;
}

/** An item that waits for its outcome. */
interface Member<Item, Outcome> {
  item: Item;
  weight: number;
  signal: AbortSignal;
  onAbort(): void;
  resolve(outcome: Outcome): void;
  reject(reason: unknown): void;
}

interface Group<Item, Outcome> {
  key: string;
  members: Set<Member<Item, Outcome>>;
  weight: number;
  timer?: NodeJS.Timeout;
  /** since its call began */
  running?: { stop: AbortController; open: number };
}

/** The gatherers of this process. */
const gatherers = new Set<{ hurry(): void }>();

/** Nothing waits for others any more: the process stops, and takes no further work. */
export const hurryGatherers = (): void => {
  for (const gatherer of gatherers) gatherer.hurry();
};

/**
 * Gathers items that different callers add at about the same time, and does their work in one call. Each caller gets the
 * outcome of its own item.
 */
export class Gatherer<Item, Outcome> {
  readonly #waiting = new Map<string, Group<Item, Outcome>>();

  #hurried = false;

  constructor(private readonly options: GatherOptions<Item, Outcome>) {
    gatherers.add(this);
  }

  /** How many groups wait for their call. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Calls what waits, and from now on each item at once. */
  hurry(): void {
    this.#hurried = true;
    for (const group of [...this.#waiting.values()]) this.#call(group);
  }

  /**
   * Adds an item, and resolves with its outcome.
   * @param key items with different keys are never in one call
   * @throws the item's `Error`, what the call throws, or the reason of `signal` if that is aborted before the call
   */
  async add(key: string, item: Item, signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const weight = this.options.weightOf?.(item) ?? 1;
      const group = this.#groupFor(key, weight);
      const onAbort = () => this.#aborted(group, member);
      const member = { item, weight, signal, onAbort, resolve, reject };
      group.members.add(member);
      group.weight += weight;
      signal.addEventListener('abort', onAbort, { once: true });
      if (this.#hurried || group.weight >= this.options.maxWeight) this.#call(group);
    });
  }

  /** Returns the group that waits, or a new one if the item is too much for it. */
  #groupFor(key: string, weight: number): Group<Item, Outcome> {
    const waiting = this.#waiting.get(key);
    if (waiting && waiting.weight + weight <= this.options.maxWeight) return waiting;
    if (waiting) this.#call(waiting);
    const group: Group<Item, Outcome> = { key, members: new Set(), weight: 0 };
    group.timer = setTimeout(() => this.#call(group), this.options.maxWaitMs);
    this.#waiting.set(key, group);
    return group;
  }

  /** Before the call the item leaves. Afterwards its outcome decides, unless nobody waits for that. */
  #aborted(group: Group<Item, Outcome>, member: Member<Item, Outcome>): void {
    const { running } = group;
    if (running) {
      running.open -= 1;
      if (this.options.leavesCall) member.reject(member.signal.reason);
      if (running.open === 0) running.stop.abort(member.signal.reason);
      return;
    }
    group.members.delete(member);
    group.weight -= member.weight;
    if (group.members.size === 0) this.#close(group);
    member.reject(member.signal.reason);
  }

  /** Nobody joins the group any more. */
  #close(group: Group<Item, Outcome>): void {
    clearTimeout(group.timer);
    this.#waiting.delete(group.key);
  }

  #call(group: Group<Item, Outcome>): void {
    this.#close(group);
    group.running = { stop: new AbortController(), open: group.members.size };
    void this.#settle([...group.members], group.running.stop.signal);
  }

  async #settle(members: Member<Item, Outcome>[], signal: AbortSignal): Promise<void> {
    try {
      const items = members.map(({ item }) => item);
      const outcomes = await this.options.call(items, signal);
      for (const [i, { resolve, reject }] of members.entries()) {
        const outcome = outcomes[i] as Outcome | Error;
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      }
    } catch (error) {
      for (const { reject } of members) reject(error);
    } finally {
      for (const member of members) member.signal.removeEventListener('abort', member.onAbort);
    }
  }
}
