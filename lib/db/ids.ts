import { v7 } from 'uuid';

/** A new id that sorts by time; within one process strictly increasing. */
export const newId = (): string => v7();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ids are opaque to callers, so an id that can't exist is simply not found. */
export const isId = (value: string): boolean => UUID.test(value);
