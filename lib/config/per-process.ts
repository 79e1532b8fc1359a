declare global {
  var batchyardProcess: Map<string, unknown> | undefined;
}

/** A value that exists once in a process. */
export interface PerProcess<T> {
  /** The value; made on first use. */
  get(): T;
  /** The value, if it was made. */
  peek(): T | undefined;
  /** Forgets the value and returns it, if it was made: the next `get` makes another. */
  clear(): T | undefined;
}

/**
 * One value per process and name. A module variable is not enough: Next loads a module once for each bundle, and again
 * after a change in development.
 */
export function perProcess<T>(name: string, make: () => T): PerProcess<T> {
  globalThis.batchyardProcess ??= new Map();
  const values = globalThis.batchyardProcess;
  const peek = () => values.get(name) as T | undefined;
  return {
    get: () => {
      if (!values.has(name)) values.set(name, make());
      return values.get(name) as T;
    },
    peek,
    clear: () => {
      const value = peek();
      values.delete(name);
      return value;
    },
  };
}
