import { z } from 'zod';
import { text } from './text';

const MAX_DAYS = 3650;

/** What the administrators of an organization choose for it. `null` = as the installation is configured. */
const settingFields = {
  retentionDays: z
    .int()
    .min(0)
    .max(MAX_DAYS)
    .nullable()
    .describe('days after which finished batches, jobs, flows and imports are deleted; 0 = never'),
  unusedUploadDays: z
    .int()
    .min(1)
    .max(MAX_DAYS)
    .nullable()
    .describe('days after which a file that nothing uses is deleted'),
  jobTypes: z.array(text(100).min(1)).max(500).nullable().describe('the only job types that members launch'),
};

const settingsDto = z
  .object(settingFields)
  .meta({ id: 'OrganizationSettings', description: 'Retention and job types of an organization; null = the default.' });
export type OrganizationSettings = z.infer<typeof settingsDto>;

export const NO_SETTINGS: OrganizationSettings = { retentionDays: null, unusedUploadDays: null, jobTypes: null };

/** Settings that are absent stay as they are; `null` returns to the default. */
export const setSettingsBody = z.strictObject({ settings: z.strictObject(settingFields).partial() });
export type SetSettingsBody = z.infer<typeof setSettingsBody>;

export const settingsAnswer = z.object({
  settings: settingsDto,
  defaults: z
    .object({ retentionDays: z.int(), unusedUploadDays: z.int() })
    .describe('what holds where a setting is null'),
  jobTypes: z
    .array(z.object({ type: z.string(), title: z.string(), allowed: z.boolean() }))
    .describe('all job types; `allowed` is false where a limit of the organization excludes the type'),
});
export type SettingsAnswer = z.infer<typeof settingsAnswer>;
