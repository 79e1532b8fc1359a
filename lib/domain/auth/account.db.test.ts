import { afterAll, describe, expect, it } from 'vitest';
import { startSmtpReceiver } from '@/lib/testing/smtp-receiver';

const receiver = await startSmtpReceiver();
process.env.SMTP_URL = receiver.url;
process.env.MAIL_FROM = 'Batchyard <batchyard@example.org>';
const { pool } = await import('@/lib/db/pool');
const { createApiKey } = await import('./create-api-key');
const { changePassword, reauthenticate } = await import('./change-password');
const { requireRecentSignIn } = await import('./require-recent-sign-in');
const { createResetLink, requestReset, resetPassword } = await import('./reset-password');
const { endOtherSessions, endSession, listSessions } = await import('./sessions');
const { hashPassword, verifyPassword } = await import('./password-hash');
const { createContext, createMember, createSession } = await import('@/lib/testing/factories');
const { until } = await import('@/lib/testing/until');

afterAll(() => receiver.close());

const OLD = 'quiet harbor lantern';
const NEW = 'seven green bottles';

async function person() {
  const { context, userId, email } = await createMember(await createContext());
  await pool().query(
    "insert into account (id, account_id, provider_id, user_id, password, updated_at) values ($1, $1, 'credential', $1, $2, now())",
    [userId, await hashPassword(OLD)],
  );
  return { context, userId, email };
}

async function hasPassword(userId: string, password: string): Promise<boolean> {
  const { rows } = await pool().query('select password from account where user_id = $1', [userId]);
  return verifyPassword({ hash: rows[0].password, password });
}

const sessionsOf = async (userId: string): Promise<string[]> =>
  (await pool().query('select id from session where user_id = $1', [userId])).rows.map((row) => row.id);

describe('a password', () => {
  it('that is changed ends all other sessions, and its owner is told by mail', async () => {
    const { context, userId, email } = await person();
    const here = await createSession(context, { minutes: 60 });
    await createSession(context);
    expect(await changePassword(here, { currentPassword: OLD, newPassword: NEW })).toEqual({ ended: 1 });
    expect(await sessionsOf(userId)).toEqual([here.sessionId]);
    expect(await hasPassword(userId, NEW)).toBe(true);
    await requireRecentSignIn(here, 'do this');
    await until('the notice arrived', () => receiver.mails.some((mail) => mail.to.includes(email)));
    expect(receiver.mails.find((mail) => mail.to.includes(email))?.subject).toContain('password was changed');
    const { rows } = await pool().query(
      "select * from audit where action = 'user.change-password' and target_id = $1",
      [userId],
    );
    expect(rows).toMatchObject([{ actor_id: userId, credential_id: here.sessionId }]);
    expect(JSON.stringify(rows)).not.toContain(NEW);
  });

  it('is not changed without the present one, for a weak one, or by an API key', async () => {
    const { context, userId } = await person();
    const here = await createSession(context);
    const change = (currentPassword: string, newPassword: string) =>
      changePassword(here, { currentPassword, newPassword });
    await expect(change('wrong', NEW)).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(change(OLD, 'sonyericsson')).rejects.toMatchObject({ code: 'invalid-data' });
    await expect(changePassword(context, { currentPassword: OLD, newPassword: NEW })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await hasPassword(userId, OLD)).toBe(true);
  });

  it('that is given again makes a session recent', async () => {
    const { context } = await person();
    const here = await createSession(context, { minutes: 30 });
    await expect(requireRecentSignIn(here, 'create an API key')).rejects.toMatchObject({
      code: 'reauthentication-required',
      extra: { methods: ['password'] },
    });
    await expect(reauthenticate(here, 'wrong')).rejects.toMatchObject({ code: 'wrong-password' });
    await reauthenticate(here, OLD);
    await requireRecentSignIn(here, 'create an API key');
  });
});

it('a person gets a mail about a key that was created with the account', async () => {
  const { context, email } = await person();
  await createApiKey(await createSession(context), { name: 'nightly' });
  await until('the notice arrived', () => receiver.mails.some((mail) => mail.to.includes(email)));
  expect(receiver.mails.find((mail) => mail.to.includes(email))?.subject).toContain('An API key named nightly');
});

describe('a link for a new password', () => {
  it('is mailed, works once, and ends all sessions', async () => {
    const { context, userId, email } = await person();
    await createSession(context);
    await requestReset(email.toUpperCase(), { address: '192.0.2.9', requestId: 'r' });
    const { rows: asked } = await pool().query(
      "select actor_kind, address, target_name from audit where action = 'user.request-reset' and target_id = $1",
      [userId],
    );
    expect(asked).toEqual([{ actor_kind: 'user', address: '192.0.2.9', target_name: expect.any(String) }]);
    await until('the mail arrived', () => receiver.mails.some((mail) => mail.to.includes(email)));
    const mail = receiver.mails.find((one) => one.to.includes(email));
    const token = /token=(\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
    await expect(resetPassword({ token, newPassword: 'sonyericsson' })).rejects.toMatchObject({ code: 'invalid-data' });
    expect(await resetPassword({ token, newPassword: NEW })).toEqual({ email });
    expect(await hasPassword(userId, NEW)).toBe(true);
    expect(await sessionsOf(userId)).toEqual([]);
    await expect(resetPassword({ token, newPassword: OLD })).rejects.toMatchObject({ code: 'link-expired' });
    expect(await hasPassword(userId, NEW)).toBe(true);
  });

  it('for an unknown address is the same answer and no mail', async () => {
    const before = receiver.mails.length;
    await expect(requestReset('nobody@example.org')).resolves.toBeUndefined();
    expect(await createResetLink('nobody@example.org')).toBeUndefined();
    expect(receiver.mails).toHaveLength(before);
  });

  it('gives a password to an account that had none, and other links end with it', async () => {
    const { context, userId } = await createMember(await createContext());
    const [one, two] = [await createResetLink(emailOf(userId)), await createResetLink(emailOf(userId))];
    const tokenOf = (link: typeof one) => new URL(link?.url ?? '').searchParams.get('token') ?? '';
    await resetPassword({ token: tokenOf(one), newPassword: NEW });
    expect(await hasPassword(context.actor.id, NEW)).toBe(true);
    await expect(resetPassword({ token: tokenOf(two), newPassword: OLD })).rejects.toMatchObject({
      code: 'link-expired',
    });
  });

  it('ends after an hour', async () => {
    const { email } = await person();
    const link = await createResetLink(email);
    await pool().query("update verification set expires_at = now() - interval '1 second'");
    const token = new URL(link?.url ?? '').searchParams.get('token') ?? '';
    await expect(resetPassword({ token, newPassword: NEW })).rejects.toMatchObject({ code: 'link-expired' });
  });
});

const emailOf = (userId: string): string => `${userId}@example.org`;

describe('sessions', () => {
  it('are listed with the present one first, and ended one by one or all but this', async () => {
    const { context, userId } = await person();
    const [other, here, third] = [
      await createSession(context),
      await createSession(context),
      await createSession(context),
    ];
    await pool().query(
      "update session set user_agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', ip_address = '192.0.2.7' where id = $1",
      [here.sessionId],
    );
    expect((await listSessions(here))[0]).toMatchObject({
      id: here.sessionId,
      current: true,
      device: 'Firefox on Linux',
      address: '192.0.2.7',
    });
    expect(await endSession(here, other.sessionId)).toMatchObject({ id: other.sessionId, current: false });
    await expect(endSession(here, other.sessionId)).rejects.toMatchObject({ code: 'not-found' });
    expect(await endOtherSessions(here)).toBe(1);
    expect(await sessionsOf(userId)).toEqual([here.sessionId]);
    expect(third.sessionId).not.toBe(here.sessionId);
  });

  it('of others are unknown', async () => {
    const [ana, ben] = [await person(), await person()];
    const [hers, his] = [await createSession(ana.context), await createSession(ben.context)];
    await expect(endSession(hers, his.sessionId)).rejects.toMatchObject({ code: 'not-found' });
    expect((await listSessions(hers)).map((one) => one.id)).toEqual([hers.sessionId]);
  });
});
