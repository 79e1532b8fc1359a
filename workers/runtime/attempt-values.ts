import { parseJson, stringifyJson } from '@/lib/contracts/json';
import type { Claim } from '@/lib/domain/job/claim-jobs';
import {
  addToValue,
  deleteValue,
  MAX_VALUES,
  readValue,
  type Shelf,
  writeValue,
} from '@/lib/domain/stored-value/stored-values';
import { PermanentError } from '@/lib/job-types/failures';
import { checkKey, checkNumber, checkValue, type KeyValues, noNumber, secondsOf } from '@/lib/job-types/kv';
import type { TypeSecrets } from './attempt-secrets';

/** The values that the jobs of a type share in an organization. They belong to no attempt. */
export function valuesOf({ organization_id: organizationId, type }: Claim, secrets: TypeSecrets): KeyValues {
  const shelf: Shelf = { organizationId, type };
  const refuseSecrets = (text: string): void => {
    const [name] = secrets.namesIn(text);
    if (name !== undefined) {
      throw new PermanentError(
        `A value or its key contains the secret ${name}, and values are stored.`,
        'secret-in-value',
      );
    }
  };
  const full = (): Error =>
    Object.assign(new Error(`${type} has ${MAX_VALUES} values already. Delete some, or let them expire sooner.`), {
      code: 'kv-full',
    });
  return {
    async get<T>(key: string) {
      const json = await readValue(shelf, checkKey(key));
      return json === undefined ? undefined : (parseJson(json) as T);
    },
    async set(key, value, options) {
      const json = checkValue(checkKey(key), stringifyJson(value) as string | undefined);
      refuseSecrets(key + json);
      if (!(await writeValue(shelf, key, json, secondsOf(options)))) throw full();
    },
    async increment(key, by = 1, options) {
      refuseSecrets(checkKey(key));
      const sum = await addToValue(shelf, key, checkNumber(by), secondsOf(options));
      if (sum === 'full') throw full();
      if (sum === 'no-number') throw noNumber(key);
      return sum;
    },
    delete: (key) => deleteValue(shelf, checkKey(key)),
  };
}
