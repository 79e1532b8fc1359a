import { afterAll, describe, expect, it } from 'vitest';
import { startSmtpReceiver } from '@/lib/testing/smtp-receiver';

const receiver = await startSmtpReceiver();
process.env.SMTP_URL = receiver.url;
process.env.MAIL_FROM = 'Batchyard <batchyard@example.org>';
process.env.PUBLIC_URL = 'https://yard.example.org';
const { pool } = await import('@/lib/db/pool');
const { hashPassword } = await import('@/lib/domain/auth/password-hash');
const { createContext, createMember } = await import('@/lib/testing/factories');
const { createInvitation, listInvitations, revokeInvitation } = await import('./invitations');
const { acceptInvitation, showInvitation } = await import('./accept-invitation');
const { listMembers } = await import('./list-members');

afterAll(() => receiver.close());

const PASSWORD = 'quiet harbor lantern';
let counter = 0;

async function invite(role: 'viewer' | 'operator' = 'operator') {
  const { context } = await createMember(await createContext());
  counter += 1;
  const email = `mika${counter}@example.org`;
  const invitation = await createInvitation(context, { email, role, seesPayloads: false });
  const token = new URL(invitation.url).searchParams.get('token') ?? '';
  return { context, email, invitation, token };
}

async function giveAccount(email: string): Promise<string> {
  const other = await createContext();
  const { userId } = await createMember(other, { name: 'Mika', email });
  const hash = await hashPassword(PASSWORD);
  await pool().query(
    "insert into account (id, account_id, provider_id, user_id, password, updated_at) values ($1, $1, 'credential', $1, $2, now())",
    [userId, hash],
  );
  return userId;
}

describe('an invitation', () => {
  it('is mailed with its link, and listed without it', async () => {
    const { context, email, invitation, token } = await invite();
    expect(invitation).toMatchObject({ email, role: 'operator', mailed: true });
    expect(invitation.url).toBe(`https://yard.example.org/invite/${invitation.id}?token=${token}`);
    expect(receiver.mails.at(-1)).toMatchObject({ to: [email], text: expect.stringContaining(invitation.url) });
    const listed = await listInvitations(context);
    expect(listed).toMatchObject([{ id: invitation.id, email, invitedBy: 'Ben' }]);
    expect(JSON.stringify(listed)).not.toContain(token);
    const { rows } = await pool().query('select * from invitation');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('makes a new account a member, once', async () => {
    const { context, email, invitation, token } = await invite();
    expect(await showInvitation(invitation.id, token)).toMatchObject({ email, hasAccount: false });
    const accept = () => acceptInvitation(invitation.id, { token, name: 'Mika', password: PASSWORD }, {});
    const results = await Promise.allSettled([accept(), accept()]);
    expect(results.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await listMembers(context)).filter((one) => one.email === email)).toMatchObject([
      { name: 'Mika', role: 'operator', seesPayloads: false },
    ]);
    await expect(accept()).rejects.toMatchObject({ code: 'invitation-used' });
    await expect(showInvitation(invitation.id, token)).rejects.toMatchObject({ code: 'invitation-used' });
  });

  it('needs a good password for a new account, and stays open without one', async () => {
    const { invitation, token } = await invite();
    const accept = (password?: string) =>
      acceptInvitation(invitation.id, { token, ...(password ? { password } : {}) }, {});
    const missing = { code: 'invalid-data', errors: [{ path: 'password' }] };
    await expect(accept()).rejects.toMatchObject(missing);
    await expect(accept('short')).rejects.toMatchObject(missing);
    await expect(accept('1qaz2wsx3edc')).rejects.toMatchObject(missing);
    expect(await accept(PASSWORD)).toMatchObject({ role: 'operator' });
  });

  it('of an existing account needs its session or its password', async () => {
    const { context, email, invitation, token } = await invite();
    const userId = await giveAccount(email);
    expect(await showInvitation(invitation.id, token)).toMatchObject({ hasAccount: true });
    const accept = (password?: string, signedIn?: string) =>
      acceptInvitation(invitation.id, { token, ...(password ? { password } : {}) }, { userId: signedIn });
    await expect(accept()).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(accept(undefined, 'somebody else')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(accept('not the password')).rejects.toMatchObject({ code: 'wrong-password' });
    expect(await accept(PASSWORD)).toMatchObject({ userId, name: 'Mika' });
    await expect(createInvitation(context, { email, role: 'viewer', seesPayloads: true })).rejects.toMatchObject({
      code: 'already-member',
    });
  });

  it('of an existing account is accepted by its session alone', async () => {
    const { email, invitation, token } = await invite();
    const userId = await giveAccount(email);
    expect(await acceptInvitation(invitation.id, { token }, { userId })).toMatchObject({ userId });
  });

  it('is unknown with another token, and gone when it expired, was withdrawn or replaced', async () => {
    const one = await invite();
    await expect(showInvitation(one.invitation.id, `${one.token}x`)).rejects.toMatchObject({ code: 'not-found' });
    await expect(showInvitation('no id', one.token)).rejects.toMatchObject({ code: 'not-found' });
    await pool().query("update invitation set expires_at = now() - interval '1 second' where id = $1", [
      one.invitation.id,
    ]);
    const gone = { code: 'invitation-expired' };
    await expect(showInvitation(one.invitation.id, one.token)).rejects.toMatchObject(gone);

    const two = await invite();
    await revokeInvitation(two.context, two.invitation.id);
    await expect(
      acceptInvitation(two.invitation.id, { token: two.token, password: PASSWORD }, {}),
    ).rejects.toMatchObject(gone);
    await expect(revokeInvitation(two.context, two.invitation.id)).rejects.toMatchObject({ code: 'not-found' });

    const three = await invite();
    await createInvitation(three.context, { email: three.email, role: 'viewer', seesPayloads: true });
    await expect(showInvitation(three.invitation.id, three.token)).rejects.toMatchObject(gone);
    expect(await listInvitations(three.context)).toMatchObject([{ role: 'viewer' }]);
  });

  it('is the business of owners', async () => {
    const { context } = await createMember(await createContext(), { role: 'admin' });
    const body = { email: 'x@example.org', role: 'viewer', seesPayloads: true } as const;
    await expect(createInvitation(context, body)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(listInvitations(context)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
