/** The meaning of a number by its cell format. `fine`: the format shows fractions of a second. */
export type Shown = { as: 'number' } | { as: 'date' | 'time' | 'duration'; fine: boolean };

/** Built-in number formats that show a date or a time. ECMA-376, 18.8.30 */
const DATES = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58]);
const TIMES = new Set([18, 19, 20, 21, 45, 47]);
const DURATION = 46;

const NUMBER: Shown = { as: 'number' };

/** Classifies a number format by its letters outside of quotes, brackets and escapes. */
export function shownBy(id: number, code: string | undefined): Shown {
  if (code === undefined) {
    if (DATES.has(id)) return { as: 'date', fine: false };
    if (TIMES.has(id)) return { as: 'time', fine: id === 47 };
    return id === DURATION ? { as: 'duration', fine: false } : NUMBER;
  }
  // The first of several sections is for positive numbers.
  const bare = (code.replace(/"[^"]*"|\\.|_.|\*./g, '').split(';')[0] ?? '').replace(/general/gi, '');
  const plain = bare.replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  if (!/[dmyhs]/i.test(plain) || /^[#0.,%\s]*E[+-]/i.test(plain)) return NUMBER;
  const fine = /s\]?\.0/i.test(plain);
  if (/\[(?:h+|m+|s+)\]/i.test(plain)) return { as: 'duration', fine };
  // `m` is a month, unless it is beside hours or seconds.
  return { as: /[dy]/i.test(plain) || !/[hs]/i.test(plain) ? 'date' : 'time', fine };
}

const DAY = 24 * 3600 * 1000;
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);

/**
 * Converts a serial number to ISO 8601: a date, a time, or both. Times without a zone are taken as UTC. A duration is
 * formatted as hours, minutes and seconds, `30:00:00`.
 * @returns undefined for other numbers, such as a negative date
 */
export function serialText(
  serial: number,
  shown: Exclude<Shown, { as: 'number' }>,
  since1904: boolean,
): string | undefined {
  if (!Number.isFinite(serial) || Math.abs(serial) > 2_958_466) return undefined;
  // Fractions of a second are rounding errors, unless the format shows them.
  const ms = shown.fine ? Math.round(serial * DAY) : Math.round(serial * 86_400) * 1000;
  if (shown.as === 'duration') return durationText(ms);
  if (serial < 0) return undefined;
  if (serial < 1 && ms < DAY && (shown.as === 'time' || !since1904)) return durationText(ms);
  // The 1900 date system includes 29 February 1900, which did not exist.
  const at = new Date((since1904 ? EPOCH_1904 : EPOCH_1900) + ms + (!since1904 && serial < 60 ? DAY : 0));
  if (Number.isNaN(at.getTime())) return undefined;
  const iso = at.toISOString();
  return at.getTime() % DAY === 0 ? iso.slice(0, 10) : iso;
}

function durationText(ms: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const all = Math.abs(ms);
  const seconds = Math.floor(all / 1000);
  const rest = all % 1000 === 0 ? '' : `.${String(all % 1000).padStart(3, '0')}`;
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${rest}`;
  return ms < 0 ? `-${clock}` : clock;
}

const ISO_CELL = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;
const ISO_DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/;

/** Normalizes an ISO 8601 cell to the form of serial dates. */
export function isoCell(text: string): string {
  const duration = ISO_DURATION.exec(text);
  if (duration) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = duration.slice(1).map((part) => Number(part ?? 0));
    return durationText(Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000));
  }
  const [, day, time, zone] = ISO_CELL.exec(text) ?? [];
  if (day === undefined || time === undefined) return text;
  const at = new Date(`${day}T${time}${zone ?? 'Z'}`);
  if (Number.isNaN(at.getTime())) return text;
  return zone === undefined && at.getTime() % DAY === 0 ? day : at.toISOString();
}

const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Converts an ISO 8601 date to a serial number of the 1900 system, from 1900-03-01 on; undefined for other text. */
export function dateSerial(text: string): { serial: number; whole: boolean } | undefined {
  if (!ISO.test(text)) return undefined;
  const at = Date.parse(text.length > 10 && !/(Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text);
  const serial = (at - EPOCH_1900) / DAY;
  return Number.isNaN(at) || serial < 61 ? undefined : { serial, whole: text.length === 10 };
}
