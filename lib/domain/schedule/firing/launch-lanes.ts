/** What may be launched now: organizations that wait for a launch of their own to end are excluded. */
export interface Open {
  /** organizations without room for a short launch */
  withoutShort: string[];
  /** organizations without room for a long launch; null if nobody has room */
  withoutLong: string[] | null;
  /** organizations that had their turn in this round */
  served: string[];
}

/**
 * The launches that run in this process. An organization has one short and one long launch at a time, and long ones never
 * take all places. So neither a long file nor the queue of one organization holds up the others.
 */
export class LaunchLanes {
  readonly #busy = new Map<string, { organizationId: string; long: boolean }>();
  readonly #served = new Set<string>();
  readonly #maxLong: number;

  constructor(maxLong: number) {
    this.#maxLong = maxLong;
  }

  of(organizationId: string, long: boolean): string {
    return `${organizationId} ${long ? 'long' : 'short'}`;
  }

  /** @returns false if the organization or all of them have no room for such a launch */
  take(organizationId: string, long: boolean): boolean {
    const lane = this.of(organizationId, long);
    const longOnes = [...this.#busy.values()].filter((launch) => launch.long);
    if (this.#busy.has(lane) || (long && longOnes.length >= this.#maxLong)) return false;
    this.#busy.set(lane, { organizationId, long });
    return true;
  }

  free(lane: string): void {
    this.#busy.delete(lane);
  }

  /** Gives an organization its turn. When all that wait had theirs, the next round begins. */
  serve(organizationId: string): void {
    if (this.#served.has(organizationId)) this.#served.clear();
    this.#served.add(organizationId);
  }

  /** @param reserved the lane of the caller, which does not keep it from launching */
  open(reserved?: string): Open {
    const others = [...this.#busy].filter(([lane]) => lane !== reserved).map(([, launch]) => launch);
    const long = others.filter((launch) => launch.long).map(({ organizationId }) => organizationId);
    return {
      withoutShort: others.filter((launch) => !launch.long).map(({ organizationId }) => organizationId),
      withoutLong: long.length >= this.#maxLong ? null : long,
      served: [...this.#served],
    };
  }
}
