/** Built-in number formats that show a date or a time. ECMA-376, 18.8.30 */
const BUILT_IN = new Set([
  14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 45, 46, 47, 50, 51, 52, 53, 54, 55, 56,
  57, 58,
]);

/** Whether a number format shows dates: a letter of one outside of quotes, brackets and escapes. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return BUILT_IN.has(id);
  const bare = code.replace(/"[^"]*"|\\.|_.|\*./g, '').replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  return /[dmyhs]/i.test(bare.replace(/general/gi, '')) && !/^[#0.,%\s]*E[+-]/i.test(bare);
}

const DAY = 24 * 3600 * 1000;
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);

/**
 * A serial date as ISO 8601: a day, a time of day below 1, or both; times without a zone are taken as UTC.
 * @returns undefined for what is no date, such as a negative one
 */
export function serialDate(serial: number, since1904: boolean): string | undefined {
  if (!Number.isFinite(serial) || serial < 0 || serial > 2_958_466) return undefined;
  if (serial < 1 && !since1904) return new Date(Math.round(serial * 86_400) * 1000).toISOString().slice(11, 19);
  // The 1900 system counts a 29 February 1900 that never was.
  const days = !since1904 && serial < 60 ? serial + 1 : serial;
  const at = new Date((since1904 ? EPOCH_1904 : EPOCH_1900) + Math.round(days * 86_400) * 1000);
  if (Number.isNaN(at.getTime())) return undefined;
  const iso = at.toISOString();
  return at.getTime() % DAY === 0 ? iso.slice(0, 10) : iso;
}

const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** An ISO 8601 date as a serial one of the 1900 system, from 1900-03-01 on; undefined for anything else. */
export function dateSerial(text: string): { serial: number; whole: boolean } | undefined {
  if (!ISO.test(text)) return undefined;
  const at = Date.parse(text.length > 10 && !/(Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text);
  const serial = (at - EPOCH_1900) / DAY;
  return Number.isNaN(at) || serial < 61 ? undefined : { serial, whole: text.length === 10 };
}
