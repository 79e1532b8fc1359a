import { isUtf8 } from 'node:buffer';
import type { SchemaElement } from 'hyparquet';
import { numberOf, parseJson } from '@/lib/contracts/json';

/** Converts a stored value into the value of a row. */
export type Convert = (raw: unknown) => unknown;

/** The state of a column of bytes. */
export interface Bytes {
  /** the dotted path of the column */
  name: string;
  /** whether a value is not UTF-8; then all values of the column are base64, so that none is ambiguous */
  binary: boolean;
}

const DAY_MS = 86_400_000;
/** The range of JavaScript dates. */
const MAX_DATE_MS = 8_640_000_000_000_000n;

/**
 * Returns the converter of a leaf column: all digits of whole numbers and decimals, and times in their full precision.
 * Returns undefined if the library's own conversion is lossless.
 */
export function leafConvert(element: SchemaElement, bytes: Bytes): Convert | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return decimal(scaleOf(element));
  if (logical?.type === 'TIMESTAMP') return timestamp(logical.unit, logical.isAdjustedToUTC);
  if (logical?.type === 'TIME') return time(logical.unit);
  switch (converted) {
    case 'TIMESTAMP_MILLIS':
      return timestamp('MILLIS', true);
    case 'TIMESTAMP_MICROS':
      return timestamp('MICROS', true);
    case 'TIME_MILLIS':
      return time('MILLIS');
    case 'TIME_MICROS':
      return time('MICROS');
    case 'DATE':
      return (raw) =>
        momentText(BigInt(raw as number) * BigInt(DAY_MS), 0n, 0)?.slice(0, -'T00:00:00.000'.length) ?? raw;
    case 'INTERVAL':
      return interval;
    case 'BSON':
      return base64;
    case 'JSON':
      return (raw) => jsonOr(textOf(raw, bytes));
    default:
      if (logical?.type === 'JSON') return (raw) => jsonOr(textOf(raw, bytes));
      if (type === 'BYTE_ARRAY' && !isGeo(logical?.type)) return (raw) => textOf(raw, bytes);
      return undefined;
  }
}

const isGeo = (logical: string | undefined): boolean => logical === 'GEOMETRY' || logical === 'GEOGRAPHY';

const scaleOf = ({ scale, logical_type: logical }: SchemaElement): number =>
  scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0);

const decimal =
  (scale: number): Convert =>
  (raw) => {
    const unscaled = raw instanceof Uint8Array ? signed(raw) : BigInt(raw as number | bigint);
    const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
    const text = scale > 0 ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits;
    return numberOf(unscaled < 0n ? `-${text}` : text);
  };

/** Reads bytes as a big-endian integer. */
const signed = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));

const UNITS = { MILLIS: [1_000n, 3], MICROS: [1_000_000n, 6], NANOS: [1_000_000_000n, 9] } as const;
type Unit = keyof typeof UNITS;

const timestamp =
  (unit: Unit, utc: boolean): Convert =>
  (raw) => {
    const [perSecond, digits] = UNITS[unit];
    const value = BigInt(raw as number | bigint);
    const fraction = ((value % perSecond) + perSecond) % perSecond;
    const text = momentText(((value - fraction) / perSecond) * 1000n, fraction, digits);
    // A timestamp outside of the range of JavaScript dates is returned as its raw number.
    return text === undefined ? wholeOf(value) : `${text}${utc ? 'Z' : ''}`;
  };

/** INT96, which the library returns as nanoseconds since 1970. */
export const fromNanoseconds = (nanos: bigint): unknown => timestamp('NANOS', true)(nanos);

/** Formats ISO 8601 without a time zone: always milliseconds, and further digits if they are not zero. */
function momentText(ms: bigint, fraction: bigint, digits: number): string | undefined {
  if (ms > MAX_DATE_MS || ms < -MAX_DATE_MS) return undefined;
  const whole = new Date(Number(ms)).toISOString().slice(0, -'.000Z'.length);
  return `${whole}.${fractionText(fraction, digits).padEnd(3, '0')}`;
}

const fractionText = (fraction: bigint, digits: number): string =>
  String(fraction).padStart(digits, '0').slice(0, digits).replace(/0+$/, '');

const time =
  (unit: Unit): Convert =>
  (raw) => {
    const [perSecond, digits] = UNITS[unit];
    const value = BigInt(raw as number | bigint);
    const seconds = Number(value / perSecond);
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const fraction = fractionText(value % perSecond, digits);
    return `${[h, m, s].map((part) => String(part).padStart(2, '0')).join(':')}${fraction && `.${fraction}`}`;
  };

/** Formats months, days and milliseconds as an ISO 8601 duration. */
function interval(raw: unknown): unknown {
  if (!(raw instanceof Uint8Array) || raw.length !== 12) return base64(raw);
  const parts = new DataView(raw.buffer, raw.byteOffset, 12);
  const [months, days, ms] = [0, 4, 8].map((at) => parts.getUint32(at, true)) as [number, number, number];
  const text = `P${months ? `${months}M` : ''}${days ? `${days}D` : ''}${ms ? `T${ms / 1000}S` : ''}`;
  return text === 'P' ? 'PT0S' : text;
}

function base64(raw: unknown): unknown {
  return raw instanceof Uint8Array ? Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64') : raw;
}

function textOf(raw: unknown, bytes: Bytes): unknown {
  if (!(raw instanceof Uint8Array)) return raw;
  if (!bytes.binary && isUtf8(raw)) return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8');
  bytes.binary = true;
  return base64(raw);
}

function jsonOr(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return parseJson(text);
  } catch {
    // The column is declared as JSON, but the value is not valid JSON: it stays text.
    return text;
  }
}

/** Returns a whole number as a number, or as a bigint if a number would be inexact. */
export const wholeOf = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};
