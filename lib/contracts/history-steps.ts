export const HISTORY_STEPS = ['minute', 'hour', 'day'] as const;

export type HistoryStep = (typeof HISTORY_STEPS)[number];

const MINUTE = 60_000;

const HOUR = 60 * MINUTE;

const DAY = 24 * HOUR;

/** Length of a point, in milliseconds. Days are those of UTC, which has no changes of the clocks. */
export const HISTORY_STEP_MS: Readonly<Record<HistoryStep, number>> = { minute: MINUTE, hour: HOUR, day: DAY };

/** How long points are kept. */
export const HISTORY_KEPT_MS: Readonly<Record<HistoryStep, number>> = {
  minute: 2 * HOUR,
  hour: 7 * DAY,
  day: 400 * DAY,
};

/** What a request without `from` covers. */
export const HISTORY_DEFAULT_MS: Readonly<Record<HistoryStep, number>> = { minute: HOUR, hour: DAY, day: 30 * DAY };
