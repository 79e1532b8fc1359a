import { env } from '@/lib/config/env';
import { defined } from '@/lib/contracts/defined';
import { stringifyJson } from '@/lib/contracts/json';
import type { OrganizationSettings, SetSettingsBody, SettingsAnswer } from '@/lib/contracts/organization-settings';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { UNUSED_UPLOAD_DAYS } from '@/lib/domain/file/sweep-files';
import { definitionOf, offeredTypes } from '@/lib/job-types/catalogue';
import { forgetRules, readRules } from './limits/limits-of';

/** Returns the retention and the job types of the organization. @throws DomainError `forbidden` */
export async function getSettings(context: Context): Promise<SettingsAnswer> {
  requirePermission(context, 'settings.see');
  const { limits, settings } = await readRules(pool(), context.organizationId);
  return {
    settings,
    defaults: { retentionDays: env().RETENTION_DAYS, unusedUploadDays: UNUSED_UPLOAD_DAYS },
    jobTypes: offeredTypes().map((type) => ({
      type,
      title: definitionOf(type).title,
      allowed: limits.jobTypes?.includes(type) ?? true,
    })),
  };
}

/**
 * Changes the settings that are given. A shorter retention deletes what is older within minutes.
 * @throws DomainError `forbidden`; `invalid-request` for a job type that does not exist
 */
export async function setSettings(context: Context, { settings: given }: SetSettingsBody): Promise<SettingsAnswer> {
  requirePermission(context, 'settings.update');
  const unknown = given.jobTypes?.find((type) => !offeredTypes().some((offered) => offered === type));
  if (unknown !== undefined) {
    throw new DomainError('invalid-request', `There is no job type "${unknown}".`, {
      errors: [{ path: 'settings.jobTypes', message: `must be some of ${offeredTypes().join(', ')}` }],
    });
  }
  const { organizationId } = context;
  await transaction(async ({ db, afterCommit }) => {
    await db.query(sql`select 1 from organization where id = ${organizationId} for no key update`);
    const { settings: before } = await readRules(db, organizationId);
    const after: OrganizationSettings = { ...before, ...defined(given) };
    await db.query(
      sql`insert into organization_setting (organization_id, settings) values (${organizationId}, ${stringifyJson(after)})
       on conflict (organization_id) do update set settings = excluded.settings, updated_at = now()`,
    );
    await audit(
      db,
      context,
      'organization.update-settings',
      { kind: 'organization', id: organizationId },
      { before, after },
    );
    afterCommit(() => forgetRules(organizationId));
  });
  return getSettings(context);
}
