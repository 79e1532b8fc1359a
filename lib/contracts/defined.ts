/** `T` with properties that can be absent but are never undefined. */
export type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Removes properties that are undefined, so that spreading the object does not overwrite defaults. */
export const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, property]) => property !== undefined)) as Defined<T>;
