/** What an organization holds and may hold of the slots. */
export interface Share {
  organizationId: string;
  /** slots that its batches hold */
  held: number;
  /** whether a batch of it waits for a slot */
  waits: boolean;
  /** how long the one that is next has waited */
  waitedSeconds: number;
  /** its part of the slots in proportion to the others' */
  weight: number;
  /** slots that others may hold only while it does not need them */
  reserve: number;
  /** the most slots it may hold; null = all */
  most: number | null;
  /** everything of it is paused: it takes no slot */
  paused: boolean;
}

/** All slots, and the organizations that hold one, wait for one or have limits. */
export interface Slots {
  max: number;
  /** everything of all organizations is paused */
  allPaused: boolean;
  shares: readonly Share[];
}

/** Returns the share of an organization, also of one that neither holds a slot nor waits, and has no limits. */
export const shareOf = ({ shares, allPaused }: Slots, organizationId: string): Share =>
  shares.find((share) => share.organizationId === organizationId) ?? {
    organizationId,
    held: 0,
    waits: false,
    waitedSeconds: 0,
    weight: 1,
    reserve: 0,
    most: null,
    paused: allPaused,
  };

const isBelowLimit = ({ most, held }: Share): boolean => most === null || held < most;

/** The part of an organization after one slot more, in proportion to its weight. The lowest is served first. */
const claimOf = ({ held, weight }: Share): number => (held + 1) / weight;

/** Returns how many free slots are not kept for the reserves of others. */
function freeFor({ max, shares }: Slots, own: Share): number {
  const others = shares.filter((share) => share !== own);
  const held = shares.reduce((sum, share) => sum + share.held, 0);
  const kept = others.reduce((sum, { reserve, held: has }) => sum + Math.max(0, reserve - has), 0);
  return max - held - kept;
}

/**
 * Returns whether an organization may take a free slot: `limit` if it holds the most it may, `full` if the free slots
 * are needed by others, which reserve them or wait and hold fewer, `paused` if everything of it is paused.
 */
export function mayTakeSlot(slots: Slots, own: Share): 'yes' | 'full' | 'limit' | 'paused' {
  if (own.paused) return 'paused';
  if (!isBelowLimit(own)) return 'limit';
  const first = slots.shares.filter(
    (share) => share !== own && share.waits && isBelowLimit(share) && claimOf(share) < claimOf(own),
  );
  return freeFor(slots, own) > first.length ? 'yes' : 'full';
}

/** Returns the organizations that wait and may hold more: the one with the smallest part first, then the longest wait. */
export const inTurn = ({ shares }: Slots): Share[] =>
  shares
    .filter((share) => share.waits && isBelowLimit(share))
    .sort((a, b) => claimOf(a) - claimOf(b) || b.waitedSeconds - a.waitedSeconds);

/** Returns whether `own` gets a free slot in its turn, when everyone with a smaller part was served. */
export const hasFreeSlot = (slots: Slots, own: Share): boolean => isBelowLimit(own) && freeFor(slots, own) > 0;

/**
 * Returns the organizations that must yield a slot to `own`, the one with the largest part first: those that hold more
 * than their reserve, and even without that slot no smaller part than `own` with it. An organization below its reserve
 * gets a slot of each that is above its own.
 */
export function mustYield({ shares }: Slots, own: Share): Share[] {
  if (!isBelowLimit(own)) return [];
  const isReserved = own.held < own.reserve;
  return shares
    .filter((share) => share !== own && share.held > share.reserve)
    .filter((share) => isReserved || (share.held - 1) / share.weight >= claimOf(own))
    .sort(byPart);
}

/** Returns whether a launch is accepted now: a slot is free, somebody must yield one, or everything waits for a resume. */
export const canStartNow = (slots: Slots, own: Share): boolean =>
  own.paused ||
  mayTakeSlot(slots, own) === 'yes' ||
  (mayTakeSlot(slots, own) === 'full' && mustYield(slots, own).length > 0);

/**
 * Returns the organizations that take turns with `own`, which waits without any slot although no one holds too many:
 * there are fewer slots than organizations, or its weight is small. Each of their slots may change hands after a while.
 */
export const takeTurns = ({ shares }: Slots, own: Share): Share[] =>
  own.held > 0 || !isBelowLimit(own)
    ? []
    : shares.filter((share) => share !== own && share.held > share.reserve).sort(byPart);

const byPart = (a: Share, b: Share): number => b.held / b.weight - a.held / a.weight;
