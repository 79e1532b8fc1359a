import { v7 } from 'uuid';

/** Returns a new id (UUIDv7). Ids sort by time; within one process they are strictly increasing. */
export const newId = (): string => v7();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Returns whether a text can be an id. Ids are opaque to callers, so an invalid one is reported as not found. */
export const isId = (value: string): boolean => UUID.test(value);

/** Returns the lowest id that can be made at a time, in milliseconds since 1970. */
export function firstIdAt(milliseconds: number): string {
  const hex = Math.min(Math.max(0, Math.floor(milliseconds)), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
