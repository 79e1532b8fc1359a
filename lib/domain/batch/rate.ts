/** What a rate limit lets through now. Times are milliseconds from now. */
export interface Slots {
  taken: number;
  /** when the slot after those taken is due; null without a limit */
  nextSlotMs: number | null;
  /** when to come back, if the limit held something back */
  dueInMs?: number | undefined;
}

/**
 * Evenly spaced slots (the generic cell rate algorithm without a burst): a limit of 60 a minute is one each
 * second. Slots that went by unused don't add up, so that no minute has more than its share; those that fell
 * between two looks of the dispatcher, up to a second apart, do.
 * @param ratePerMinute 0 = unlimited
 * @param nextSlotMs when the next slot is due, from now; null before the first
 */
export function takeSlots(ratePerMinute: number, nextSlotMs: number | null, wanted: number): Slots {
  if (ratePerMinute <= 0) return { taken: wanted, nextSlotMs: null };
  const spacing = 60_000 / ratePerMinute;
  const due = Math.max(nextSlotMs ?? 0, -1000);
  if (due > 0) return { taken: 0, nextSlotMs: due, dueInMs: due };
  const taken = Math.min(wanted, Math.floor(-due / spacing) + 1);
  const after = due + taken * spacing;
  return { taken, nextSlotMs: after, dueInMs: taken < wanted ? Math.max(after, 0) : undefined };
}
