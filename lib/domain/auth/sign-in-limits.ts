import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { addressSubject, type Counted, type Limit } from './rate-limit';

const MINUTES = 60;

/** Failures from one address, whatever the account. People behind one proxy share it, so it is wide. */
const BY_ADDRESS: Limit = { name: 'sign-in address', max: 50, seconds: 5 * MINUTES };
/** Failures for one account, from everywhere where nobody has signed in to it. */
const BY_ACCOUNT: Limit = { name: 'sign-in account', max: 20, seconds: 5 * MINUTES };
/** Failures for one account from an address with a session of it. */
const BY_KNOWN_ADDRESS: Limit = { name: 'sign-in known address', max: 20, seconds: 5 * MINUTES };
/** Failures for one account from a browser that has signed in to it. */
const BY_DEVICE: Limit = { name: 'sign-in device', max: 20, seconds: 5 * MINUTES };
/** Wrong codes after the right password. */
const CODES: Limit = { name: 'second factor', max: 10, seconds: 15 * MINUTES };
/** Wrong passwords in a session: changes of the password, of the second factor, re-authentication. */
const IN_SESSION: Limit = { name: 'password in session', max: 10, seconds: 5 * MINUTES };
/** Invalid API keys from one address. They are too long to guess, so this bounds only what their check costs. */
const WRONG_KEYS: Limit = { name: 'wrong key', max: 1000, seconds: MINUTES };
/** Calls that anybody may send and that look up or send something: invitations, resets, starts of other sign-ins. */
const OPEN_CALLS: Limit = { name: 'open call', max: 60, seconds: 5 * MINUTES };
/** Mails with a link for a new password to one address. */
const RESETS: Limit = { name: 'password reset', max: 5, seconds: 60 * MINUTES };
/** A code of an authenticator app is valid once (RFC 6238, 5.2). The library accepts it for 90 s. */
const CODE_USED: Limit = { name: 'code used', max: 1, seconds: 2 * MINUTES };

/** Who tries to sign in, and from where. */
export interface Attempt {
  /** e-mail address, of an account or not */
  email: string;
  address: string | null;
  /** the browser, and the account to which it signed in before */
  device: KnownDevice | undefined;
}

export interface KnownDevice {
  id: string;
  userId: string;
}

/**
 * Returns the limits of an attempt to sign in. A browser or an address that signed in to the account before has a limit of
 * its own. So failures from anywhere else cannot keep the owner of the account out.
 */
export async function signInLimits({ email, address, device }: Attempt): Promise<Counted[]> {
  const { rows } = await pool().query<{ id: string; is_known: boolean }>(
    sql`select u.id, exists (select 1 from session s where s.user_id = u.id and s.ip_address = ${address}) as is_known
      from "user" u where u.email = ${email.toLowerCase()}`,
  );
  const user = rows[0];
  if (user && device?.userId === user.id) return [[BY_DEVICE, `${user.id} ${device.id}`]];
  if (user?.is_known) return [[BY_KNOWN_ADDRESS, `${user.id} ${address}`]];
  return [
    [BY_ACCOUNT, user?.id ?? email.toLowerCase()],
    [BY_ADDRESS, addressSubject(address)],
  ];
}

/** Returns the limit of codes for an account. A browser that signed in to it before has one of its own. */
export const codeLimit = (userId: string, device: KnownDevice | undefined): Counted => [
  CODES,
  device?.userId === userId ? `${userId} ${device.id}` : userId,
];

/** Returns the limit that lets one code of an authenticator app be used once. */
export const singleUseLimit = (userId: string, code: string): Counted => [CODE_USED, `${userId} ${code}`];

/** Returns the limit of passwords that are asked for again in a session. */
export const inSessionLimit = (sessionId: string): Counted => [IN_SESSION, sessionId];

/** Returns the limit of invalid API keys. */
export const wrongKeyLimit = (address: string | null): Counted => [WRONG_KEYS, addressSubject(address)];

/** Returns the limit of calls that need no authentication, such as accepting an invitation. */
export const openCallLimit = (address: string | null): Counted => [OPEN_CALLS, addressSubject(address)];

/** Returns the limit of mails for a new password, so that nobody's mailbox can be filled. */
export const resetLimit = (email: string): Counted => [RESETS, email.toLowerCase()];
