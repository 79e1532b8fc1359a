import { VERSION } from '@/lib/config/version';
import type { JobTypeDto } from '@/lib/contracts/job-type';
import { readLoad } from '@/lib/domain/capacity/get-capacity';
import { type Context, requirePermission } from '@/lib/domain/context';
import { typeDefaults } from '@/lib/domain/defaults';
import { allowedNames } from '@/lib/domain/organization/limits/allowed-types';
import { BUILT_IN_TYPES, definitionOf, describeJobType, isJobType, type JobType } from '@/lib/job-types/catalogue';
import { DEFAULTS } from '@/lib/job-types/definition';
import { type AnnouncedType, refreshTypes } from './read-types';

const OFFERED_BUILT_IN = BUILT_IN_TYPES.filter((type) => !definitionOf(type).internal);

/** What a type is, apart from who can run it now. `defaults` are those that the environment configures. */
const described = (type: JobType) => ({ ...describeJobType(type), defaults: typeDefaults(type) });

/** Describes the built-in types that can be launched, as they are part of this version. */
export const describeBuiltInTypes = () => OFFERED_BUILT_IN.map(described);

/**
 * Lists the job types that the organization may launch, and own types that nobody can launch now: broken ones, and
 * removed ones that still have jobs.
 */
export async function listAllowedTypes(context: Context): Promise<JobTypeDto[]> {
  requirePermission(context, 'job-type.see');
  const [isAllowed, own, { workers }] = await Promise.all([allowedNames(context), refreshTypes(), readLoad()]);
  const builtIn = OFFERED_BUILT_IN.filter(isAllowed).map(
    (type): JobTypeDto => ({
      ...described(type),
      source: 'built-in',
      version: VERSION,
      icon: null,
      state: workers.length > 0 || definitionOf(type).external ? 'offered' : 'no-worker',
      launchable: true,
      noWorkerSince: null,
      workers: workers.map(({ host, lastSeenAt }) => ({ node: host, version: VERSION, lastSeenAt })),
    }),
  );
  return [...builtIn, ...own.filter(({ type }) => isAllowed(type)).map(ownDto)];
}

function ownDto({
  type,
  definition,
  source,
  version,
  state,
  error,
  unavailable,
  workers,
  noWorkerSince,
}: AnnouncedType): JobTypeDto {
  const known = isJobType(type) && definition !== null;
  return {
    ...(known ? described(type) : { ...UNKNOWN, type, title: type }),
    source,
    version,
    icon: definition?.icon ?? null,
    state,
    launchable: unavailable === undefined,
    ...(error ? { error } : {}),
    workers,
    noWorkerSince,
  };
}

/** Of a file that was never usable. */
const UNKNOWN = {
  description: '',
  inputSchema: {},
  outputSchema: {},
  defaults: DEFAULTS,
  acceptsFiles: false,
};
