/** An object whose properties are absent, never undefined. */
export type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Leaves out properties that are undefined, so that an object spread over defaults keeps them. */
export const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, property]) => property !== undefined)) as Defined<T>;
