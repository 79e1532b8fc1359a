import { CRON_LENGTH, createScheduleBody } from '@/lib/contracts/schedule';
import { DomainError } from '@/lib/domain/errors';
import { isJobType } from '@/lib/job-types/catalogue';
import { parseCron } from './times/cron';

/** What a check sees although other fields are wrong. */
interface Given {
  cron?: unknown;
  launch?: { batch?: { type?: unknown }; job?: { type?: unknown }; flow?: { type?: unknown } };
}

function cronProblem({ cron }: Given): string | null {
  // A longer text is refused for its length, and would take long to parse.
  if (typeof cron !== 'string' || cron === '' || cron.length > CRON_LENGTH) return null;
  try {
    parseCron(cron);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.errors?.[0]?.message ?? error.message;
    throw error;
  }
}

const given = (value: unknown): Given => (typeof value === 'object' && value !== null ? value : {});

const isKnown = (type: unknown): boolean => typeof type !== 'string' || type === '' || isJobType(type);

/**
 * The body of a new schedule, with the checks that need the domain: so one answer names every wrong field. An unknown job
 * type alone has an error code of its own, and is listed here only beside other problems.
 */
export const newScheduleBody = (['batch', 'job', 'flow'] as const).reduce(
  (schema, kind) =>
    schema.refine((body) => isKnown(given(body).launch?.[kind]?.type), {
      path: ['launch', kind, 'type'],
      error: 'is not a known job type',
      when: ({ issues }) => issues.length > 0,
    }),
  createScheduleBody.refine((body) => cronProblem(given(body)) === null, {
    path: ['cron'],
    error: ({ input }) => cronProblem(given(input)) ?? 'is not valid',
    when: () => true,
  }),
);
