import { z } from 'zod';
import { role, time } from './fields';
import { givenPassword } from './password';
import { name } from './text';

const memberDto = z
  .object({
    id: z.string(),
    userId: z.string(),
    name: z.string(),
    email: z.string(),
    role,
    seesPayloads: z.boolean().describe('may see data, results, errors and files of jobs'),
    createdAt: time,
    lastSeenAt: time.nullable(),
    hasSecondFactor: z
      .boolean()
      .exactOptional()
      .describe('has an authenticator app, a passkey, or a provider that asks for one; only owners see it'),
  })
  .meta({ id: 'Member', description: 'A person in an organization.' });
export type MemberDto = z.infer<typeof memberDto>;

export const memberList = z.object({ members: z.array(memberDto), nextCursor: z.null() });
export type MemberList = z.infer<typeof memberList>;
export const memberAnswer = z.object({ member: memberDto });
export type MemberAnswer = z.infer<typeof memberAnswer>;

export const updateMemberBody = z
  .strictObject({ role: role.optional(), seesPayloads: z.boolean().optional() })
  .refine((body) => body.role !== undefined || body.seesPayloads !== undefined, 'name a role, or seesPayloads');
export type UpdateMemberBody = z.infer<typeof updateMemberBody>;

/** An address as it is stored and compared: in lower case. */
export const emailAddress = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase());

export const INVITATION_DAYS = 7;

export const createInvitationBody = z.strictObject({
  email: emailAddress,
  role,
  seesPayloads: z.boolean().default(true),
});
export type CreateInvitationBody = z.infer<typeof createInvitationBody>;

const invitationDto = z
  .object({
    id: z.string(),
    email: z.string(),
    role,
    seesPayloads: z.boolean(),
    invitedBy: z.string().describe('the name of who invited'),
    createdAt: time,
    expiresAt: time,
  })
  .meta({ id: 'Invitation', description: 'An open invitation. Its link is shown only once.' });
export type InvitationDto = z.infer<typeof invitationDto>;

export const invitationList = z.object({ invitations: z.array(invitationDto), nextCursor: z.null() });
export type InvitationList = z.infer<typeof invitationList>;
export const invitationAnswer = z.object({ invitation: invitationDto });
export const createdInvitation = z.object({
  invitation: invitationDto.extend({
    url: z.string().describe('the link to accept it, with its token; shown only here'),
    mailed: z.boolean().describe('the mail server accepted a mail with the link'),
  }),
});
export type CreatedInvitation = z.infer<typeof createdInvitation>;

export const acceptInvitationBody = z.strictObject({
  token: z.string().min(1).max(200),
  name: name(100).optional().describe('of a new account; by default the part before the @'),
  password: givenPassword.optional().describe('of a new account, or of the existing one unless it is signed in'),
});
export type AcceptInvitationBody = z.infer<typeof acceptInvitationBody>;

/** What the page of an invitation shows to whoever has its link. */
export const shownInvitation = z.object({
  email: z.string(),
  role,
  organization: z.string(),
  invitedBy: z.string(),
  hasAccount: z.boolean().describe('somebody with this address can sign in already'),
  expiresAt: time,
});
export type ShownInvitation = z.infer<typeof shownInvitation>;
