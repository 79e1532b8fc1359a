import { toIssues } from '@/lib/contracts/issues';
import { DomainError } from '@/lib/domain/errors';
import type { JobType } from '@/lib/job-types/catalogue';
import { checkInput } from '@/lib/job-types/check-input';

/** Validates a job's data by the schema of its type. @throws DomainError `invalid-data` with the path of each error */
export function parseData(type: JobType, data: unknown): unknown {
  const parsed = checkInput(type, data);
  if (parsed.success) return parsed.data;
  throw new DomainError(
    'invalid-data',
    `The data does not fit ${type}. Nothing was stored; correct it and send it again.`,
    {
      errors: toIssues(parsed.error, ['data']),
    },
  );
}
