import { DELETED_PERSON, type DeletedPerson, type DeletePersonBody } from '@/lib/contracts/person';
import { newId } from '@/lib/db/ids';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { insertEntries } from '@/lib/domain/audit';
import { forgetKeys } from '@/lib/domain/auth/authenticate-key';
import { requireRecentSignIn } from '@/lib/domain/auth/require-recent-sign-in';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { sendMail } from '@/lib/domain/mail/send-mail';
import { closeOrganization } from '@/lib/domain/organization/delete-organization';
import { readPreview, requirePerson } from './preview-deletion';

/**
 * Deletes the caller's account. Sign-ins, sessions and memberships end at once; the sweep removes the rest.
 * @throws DomainError `forbidden` for an API key, `reauthentication-required`, `invalid-data` for another e-mail address,
 *   `last-owner`, `last-system-administrator`
 */
export async function deleteOwnAccount(context: Context, body: DeletePersonBody): Promise<DeletedPerson> {
  const userId = requirePerson(context);
  await requireRecentSignIn(context, 'delete your account');
  return retrying(() => deleteUser(context, userId, body, 'You are'));
}

/**
 * Deletes the account of somebody, as {@link deleteOwnAccount} does.
 * @throws DomainError `forbidden`, `reauthentication-required`, `not-found`, `invalid-data`, `last-owner`,
 *   `last-system-administrator`
 */
export async function deletePerson(context: Context, userId: string, body: DeletePersonBody): Promise<DeletedPerson> {
  requirePermission(context, 'user.delete');
  await requireRecentSignIn(context, 'delete an account');
  return retrying(() => deleteUser(context, userId, body));
}

const deleteUser = (
  context: Context,
  userId: string,
  confirmation: DeletePersonBody,
  subject?: string,
): Promise<DeletedPerson> =>
  transaction(async ({ db, afterCommit }) => {
    await lockPeople(db, userId);
    const { user, refusal, organizations, apiKeys } = await readPreview(db, userId, subject);
    if (user.email.toLowerCase() !== confirmation.email) {
      throw new DomainError('invalid-data', 'Confirm with the e-mail address of the account.', {
        errors: [{ path: 'email', message: 'is not the e-mail address of the account' }],
      });
    }
    if (refusal) throw new DomainError(refusal.code, refusal.detail);
    for (const { id, name } of organizations.filter(({ deleted }) => deleted)) {
      await closeOrganization(db, { ...context, organizationId: id }, name);
    }
    const alias = `deleted-${newId()}`;
    await recordDeletion(db, userId, alias);
    await db.query(entriesOfDeletion(context, alias, organizations));
    await deleteAccount(db, userId, user.email);
    afterCommit(forgetKeys);
    afterCommit(() => sendNotice(user));
    return { id: userId, deleting: true, apiKeys };
  });

/** Locks what decides whether the person may go, so that two last owners cannot both be deleted. */
async function lockPeople(db: Queryable, userId: string): Promise<void> {
  await db.query(sql`select id from "user" where system_admin or id = ${userId} order by id for update`);
  await db.query(
    sql`select o.id from organization o where o.id in (select m.organization_id from member m where m.user_id = ${userId})
        order by o.id for update`,
  );
  await db.query(
    sql`select m.id from member m where m.organization_id in
          (select x.organization_id from member x where x.user_id = ${userId}) order by m.id for update`,
  );
}

/** Stores what the sweep looks for: the row of the user is deleted now. */
async function recordDeletion(db: Queryable, userId: string, alias: string): Promise<void> {
  await db.query(
    sql`insert into person_deletion (user_id, alias, name, email, row_ids, organization_ids, names, counts)
        select u.id, ${alias}, u.name, lower(u.email),
          array(select id from member where user_id = u.id union all select id from session where user_id = u.id
            union all select id from passkey where user_id = u.id
            union all select i.id::text from invitation i where lower(i.email) = lower(u.email)),
          array(select organization_id from member where user_id = u.id), array[u.name],
          json_build_object('memberships', (select count(*) from member where user_id = u.id),
            'sessions', (select count(*) from session where user_id = u.id),
            'accounts', (select count(*) from account where user_id = u.id),
            'passkeys', (select count(*) from passkey where user_id = u.id))
        from "user" u where u.id = ${userId}`,
  );
}

/** One entry in each organization of the person, and one of none, which system administrators see. */
function entriesOfDeletion(context: Context, alias: string, organizations: readonly { id: string }[]) {
  const target = sql`(select ${alias}::text as id, ${DELETED_PERSON}::text as name, o as organization_id
    from unnest(${organizations.map(({ id }) => id)}::text[] || null::text) o) as t`;
  return insertEntries(context, 'user.delete', 'user', target, {}, sql`t.organization_id`);
}

/** Sessions, ways to sign in and memberships are deleted with the row of the user. */
async function deleteAccount(db: Queryable, userId: string, email: string): Promise<void> {
  await db.query(
    sql`delete from verification where strpos(value, ${userId}) > 0 or strpos(identifier, ${userId}) > 0
          or strpos(lower(value), lower(${email}::text)) > 0 or strpos(lower(identifier), lower(${email}::text)) > 0`,
  );
  await db.query(sql`delete from invitation where lower(email) = lower(${email}::text)`);
  await db.query(sql`delete from "user" where id = ${userId}`);
}

/** The last mail to this address. Somebody whose session was stolen learns of it. */
const sendNotice = ({ name, email }: { name: string; email: string }): Promise<boolean> =>
  sendMail({
    to: email,
    subject: 'Your account on Batchyard was deleted',
    text: `Hello ${name},\n\nyour account on Batchyard was deleted on ${new Date().toUTCString()}.\n\nIf you did not ask for this, tell an administrator.\n`,
  });
