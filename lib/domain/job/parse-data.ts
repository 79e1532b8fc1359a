import { toIssues } from '@/lib/contracts/issues';
import { DomainError } from '@/lib/domain/errors';
import type { JobType } from '@/lib/job-types/catalogue';
import { checkInput } from '@/lib/job-types/check-input';

/** Checks a job's data against its type. @throws DomainError `invalid-data` with the path of each fault */
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
