import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { checkKey, checkNumber, checkValue, type KeyValues, noNumber, secondsOf } from '@/lib/job-types/kv';

/** `kv` of a tried job: the same rules, in memory. @param values what is stored, and will be */
export function memoryValues(values: Map<string, { value: unknown; until: number }>): KeyValues {
  const live = (key: string) => {
    const found = values.get(checkKey(key));
    return found && found.until > Date.now() ? found : undefined;
  };
  return {
    async get<T>(key: string) {
      return live(key)?.value as T | undefined;
    },
    async set(key, value, options) {
      const json = checkValue(checkKey(key), stringifyJson(value) as string | undefined);
      values.set(key, { value: parseJson(json), until: Date.now() + secondsOf(options) * 1000 });
    },
    async increment(key, by = 1, options) {
      const { value = 0, until = Date.now() + secondsOf(options) * 1000 } = live(key) ?? {};
      if (typeof value !== 'number') throw noNumber(key);
      const sum = value + checkNumber(by);
      values.set(key, { value: sum, until });
      return sum;
    },
    async delete(key) {
      const wasLive = live(key) !== undefined;
      values.delete(key);
      return wasLive;
    },
  };
}
