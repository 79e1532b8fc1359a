import { cellText } from '@/lib/contracts/cell';
import { isExact, numberOf, parseJson } from '@/lib/contracts/json';
import type { ColumnType } from '@/lib/tabular/write-options';

/** A value converted to its column's type, or the error. Missing values and empty text are null. */
export type Converted = { value: unknown } | { wrong: string };

const INTEGER = /^[+-]?\d{1,1000}$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
const TRUE = new Set(['true', 'yes', 'y', '1']);
const FALSE = new Set(['false', 'no', 'n', '0']);
const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?\s?(Z|[+-]\d\d:?\d\d)?)?$/i;

export function convertCell(value: unknown, type: ColumnType): Converted {
  if (value === null || value === undefined) return { value: null };
  if (type === 'string') return { value: cellText(value) };
  const text = typeof value === 'string' ? value.trim() : undefined;
  if (text === '') return { value: null };
  const found = converters[type](value, text);
  return found === undefined ? { wrong: `“${cellText(value).slice(0, 60)}” is ${NAMES[type]}` } : { value: found };
}

const NAMES: Record<ColumnType, string> = {
  string: 'no text',
  integer: 'no whole number',
  number: 'no number',
  boolean: 'neither true nor false',
  date: 'no date as 2026-12-31 or 2026-12-31T23:59:59Z',
  json: 'no JSON',
};

type Converter = (value: unknown, text: string | undefined) => unknown;

const converters: Record<Exclude<ColumnType, 'string'>, Converter> = {
  integer: (value, text) => {
    if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
    if (typeof value === 'bigint') return value;
    return text !== undefined && INTEGER.test(text) ? numberOf(text) : undefined;
  },
  number: (value, text) => {
    if (typeof value === 'number' || isExact(value)) return value;
    return text !== undefined && NUMBER.test(text) ? numberOf(text) : undefined;
  },
  boolean: (value, text) => {
    if (typeof value === 'boolean') return value;
    const word = (text ?? String(value)).toLowerCase();
    return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined;
  },
  date: (_, text) => (text === undefined ? undefined : isoDate(text)),
  json: (value, text) => {
    if (text === undefined) return value;
    try {
      return parseJson(text);
    } catch {
      // The error is reported with the row.
      return undefined;
    }
  },
};

/** Dates stay dates. Timestamps are converted to UTC, and one without a time zone is read as UTC. */
export function isoDate(text: string): string | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour] = match;
  const whole = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // JavaScript would turn 30 February into 2 March.
  if (new Date(whole).getUTCDate() !== Number(day) || Number(month) > 12) return undefined;
  if (hour === undefined) return text;
  const zoned = text.replace(' ', 'T').replace(/\s/, '');
  const at = new Date(match[8] ? zoned : `${zoned}Z`);
  if (Number.isNaN(at.getTime())) return undefined;
  // JavaScript dates have milliseconds only, so the finer digits are kept separately.
  const finer = (match[7] ?? '').slice('.123'.length).replace(/0+$/, '');
  return at.toISOString().replace('Z', `${finer}Z`);
}

/** Whether a timestamp needs more precision than the microseconds of a Parquet timestamp column. */
export const hasNanoseconds = (text: string): boolean => /\.\d{6}0*[1-9]/.test(text);

const INT64_MAX = 2n ** 63n;

/** Whether a whole number fits into 64 bits. */
export const isInt64 = (value: number | bigint): boolean => value >= -INT64_MAX && value < INT64_MAX;

/** Returns why Parquet cannot store a converted value in its column's type, or undefined if it can. */
export function unfitForParquet(value: unknown, type: ColumnType): string | undefined {
  const shown = `“${cellText(value).slice(0, 60)}”`;
  if (type === 'integer' && (typeof value === 'number' || typeof value === 'bigint') && !isInt64(value))
    return `${shown} has more than the 64 bits of a whole number in Parquet; take the column as text`;
  if (type === 'number' && isExact(value))
    return `${shown} has more digits than a number in Parquet; take the column as text`;
  if (type === 'date' && hasNanoseconds(String(value)))
    return `${shown} is finer than microseconds; take the column as text`;
  return undefined;
}
