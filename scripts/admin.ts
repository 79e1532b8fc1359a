import { closePool } from '@/lib/db/pool';
import { createResetLink } from '@/lib/domain/auth/reset-password';
import { DomainError, notFound } from '@/lib/domain/errors';
import {
  listUsers,
  makeOwner,
  makeSystemAdministrator,
  removeSecondFactor,
} from '@/lib/domain/organization/administer';

// The commands of `npm run admin`, on the database that DATABASE_URL names.

async function printUsers(): Promise<string> {
  const lines = (await listUsers()).map((user) => {
    const where = user.organization ? `${user.role} of ${user.organization}` : 'in no organization';
    return `${user.email}  ${user.name}  ${where}${user.system_admin ? ', system administrator' : ''}`;
  });
  return lines.join('\n');
}

/** @param base where people reach the dashboard */
async function printResetLink(email: string, base: string | undefined): Promise<string> {
  const link = await createResetLink(email, base);
  if (!link) throw notFound('user', email);
  return `Open this link within an hour to set a new password for ${email}. It works once.\n${link.url}`;
}

async function run([command, email, more]: string[], base: string | undefined): Promise<string> {
  if (command === 'list-users') return printUsers();
  if (!email) throw new DomainError('invalid-request', `Usage: npm run admin -- ${command} <e-mail>`);
  if (command === 'reset-password') return printResetLink(email, base);
  if (command === 'make-owner') return `${email} is an owner of ${await makeOwner(email, more)} now.`;
  if (command === 'remove-second-factor') {
    await removeSecondFactor(email);
    return `${email} signs in with the password alone now. All sessions have ended.`;
  }
  await makeSystemAdministrator(email);
  return `${email} is a system administrator now.`;
}

const [base = '', ...given] = process.argv.slice(2);
const code = await run(given, base || undefined).then(
  (text) => {
    console.log(text);
    return 0;
  },
  (error: unknown) => {
    console.error(error instanceof DomainError ? error.message : error);
    return 1;
  },
);
await closePool();
process.exitCode = code;
