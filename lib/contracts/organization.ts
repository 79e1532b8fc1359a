import { z } from 'zod';
import { role, time } from './fields';
import { name } from './text';

export const createOrganizationBody = z.strictObject({ name: name(100) });
export type CreateOrganizationBody = z.infer<typeof createOrganizationBody>;
export const updateOrganizationBody = z
  .strictObject({
    name: name(100).exactOptional(),
    secondFactorRequired: z.boolean().exactOptional().describe('members need a second factor to work in it'),
  })
  .refine((body) => Object.keys(body).length > 0, 'give a name, or secondFactorRequired');
export type UpdateOrganizationBody = z.infer<typeof updateOrganizationBody>;

const organizationDto = z
  .object({
    id: z.string(),
    name: z.string(),
    role: role.describe('the role of who asks'),
    current: z.boolean().describe('the session or key works in this one'),
    secondFactorRequired: z.boolean().describe('members need a second factor to work in it'),
    createdAt: time,
  })
  .meta({ id: 'Organization', description: 'A team with its own jobs, members, keys and secrets.' });
export type OrganizationDto = z.infer<typeof organizationDto>;

export const organizationList = z.object({ organizations: z.array(organizationDto), nextCursor: z.null() });
export type OrganizationList = z.infer<typeof organizationList>;
export const organizationAnswer = z.object({ organization: organizationDto });
export type OrganizationAnswer = z.infer<typeof organizationAnswer>;

export const deletedOrganization = z.object({ id: z.string(), deleting: z.literal(true) }).meta({
  id: 'DeletedOrganization',
  description: 'Nobody can use it any more; its rows and files are deleted in the background.',
});
