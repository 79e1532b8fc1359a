import { ADMIN, ago, MEMBER, ORGANIZATIONS } from '@/catalogue/fixtures';
import { pending, problem, type Routes } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { AcceptForm } from '@/components/invite/accept-form';
import { Accounts } from '@/components/settings/accounts/accounts';
import { DeleteAccount } from '@/components/settings/accounts/delete-account';
import { Members } from '@/components/settings/members/members';
import { Organization } from '@/components/settings/organization/organization';
import { Profile } from '@/components/settings/profile';
import { ChangePassword } from '@/components/settings/security/change-password';
import { Sessions } from '@/components/settings/security/sessions';
import { UserMenu } from '@/components/shell/user-menu';
import { ForgotForm } from '@/components/sign-in/forgot-form';
import { ResetForm } from '@/components/sign-in/reset-form';
import type { DeletionPreview } from '@/lib/contracts/person';
import type { ViewerDto } from '@/lib/contracts/system';

const OWNER: ViewerDto = { ...ADMIN, role: 'owner', systemAdmin: true };
const MEMBERS = [
  ['m1', 'Ana Ruiz', 'ana@example.org', 'owner', true],
  ['m2', 'Ben Okafor', 'ben@example.org', 'operator', true],
  ['m3', 'Cleo Martin-Fernández de la Torre', 'cleo.martin-fernandez@department.example.org', 'viewer', false],
].map(([id, name, email, role, seesPayloads], i) => ({
  ...{ id, userId: `u-${id}`, name, email, role, seesPayloads, createdAt: ago(86_400 * 30) },
  lastSeenAt: i === 2 ? null : ago(60 * (i + 1)),
  hasSecondFactor: i !== 1,
}));
const INVITATIONS = [
  {
    id: 'i1',
    email: 'mika@example.org',
    role: 'operator',
    seesPayloads: true,
    invitedBy: 'Ana Ruiz',
    createdAt: ago(3_600),
    expiresAt: ago(-6 * 86_400),
  },
];
const SESSIONS = [
  { id: 's1', current: true, device: 'Firefox on Linux', address: '192.0.2.7' },
  { id: 's2', current: false, device: 'Safari on iPhone', address: '2001:db8:85a3::8a2e:370:7334' },
  { id: 's3', current: false, device: 'Unknown device', address: null },
].map((session) => ({ ...session, createdAt: ago(86_400), lastSeenAt: ago(90), expiresAt: ago(-86_400) }));

const USERS = [
  ...MEMBERS.map(({ userId: id, name, email, createdAt, lastSeenAt }, i) => ({
    ...{ id, name, email, createdAt, lastSeenAt, systemAdmin: i === 0 },
    organizations: [{ id: 'o1', name: 'Research', role: 'owner' }],
  })),
  {
    ...{ id: 'u-left', name: 'Dora Left', email: 'dora@example.org', systemAdmin: false },
    ...{ organizations: [], createdAt: ago(86_400 * 90), lastSeenAt: null },
  },
];
const deletionOf = (name: string, email: string, more: Partial<DeletionPreview> = {}): DeletionPreview => ({
  user: { id: 'u', name, email },
  refusal: null,
  organizations: [
    { id: 'o1', name: 'Research', role: 'operator', deleted: false },
    { id: 'o2', name: 'Trial', role: 'owner', deleted: true },
  ],
  apiKeys: [
    { id: 'k1', name: 'nightly import', organization: { id: 'o1', name: 'Research' } },
    {
      id: 'k2',
      name: 'a-key-with-a-very-long-name-that-has-no-place-to-break-it',
      organization: { id: 'o1', name: 'Research' },
    },
  ],
  exports: 1,
  ...more,
});
const LAST_OWNER =
  'You are the only owner of Research, which has other members. First make another member an owner, or delete the organization.';

const members = (routes: Routes = {}, more: Partial<Story> = {}): Story => ({
  render: () => <Members />,
  viewer: OWNER,
  routes: {
    'GET /members': { members: MEMBERS, nextCursor: null },
    'GET /invitations': { invitations: INVITATIONS, nextCursor: null },
    ...routes,
  },
  ...more,
});
const REAUTHENTICATION = (method: string) => () =>
  new Response(
    JSON.stringify({
      ...{ type: 'about:blank', title: 'Reauthentication required', status: 403, code: 'reauthentication-required' },
      ...{
        detail: 'Give your password again to invite people: your last sign-in was some time ago.',
        methods: [method],
      },
    }),
    { status: 403, headers: { 'content-type': 'application/problem+json' } },
  );
/** refuses the first time, as the server does until the password was given */
const onceRefused = (method: string, answer: unknown) => {
  let refused = 0;
  return () => {
    refused += 1;
    return refused % 2 === 1 ? REAUTHENTICATION(method)() : new Response(JSON.stringify(answer), { status: 201 });
  };
};
const INVITED = { ...INVITATIONS[0], url: 'https://yard.example.org/invite/i1?token=t0ken', mailed: false };

export const MembersForOwner = members();
export const ManyMembers = members({
  'GET /members': {
    members: Array.from({ length: 40 }, (_, i) => ({
      ...MEMBERS[i % 3],
      ...{ id: `many${i}`, name: i % 5 === 2 ? 'محمد بن عبد الله' : `山田 ${i}`, email: `person${i}@example.org` },
    })),
    nextCursor: null,
  },
});
export const MembersOnPhone = members({}, { phone: true });
export const MembersForOthers = members({}, { viewer: MEMBER });
export const MembersLoading = members({ 'GET /members': pending, 'GET /invitations': pending });
export const MembersUnreadable = members({ 'GET /members': problem(400, 'invalid-request', 'Not today.') });
export const InvitationNeedsPassword = members({
  'POST /invitations': onceRefused('password', { invitation: INVITED }),
  'POST /auth/reauthenticate': { authenticatedAt: ago(0) },
});
export const InvitationNeedsWrongPassword = members({
  'POST /invitations': onceRefused('password', { invitation: INVITED }),
  'POST /auth/reauthenticate': problem(403, 'wrong-password', 'This is not your password.'),
});
export const InvitationNeedsSignIn = members({ 'POST /invitations': REAUTHENTICATION('sign-in') });
export const LastOwner = members({ 'PATCH /members/m1': problem(409, 'last-owner', 'This is the only owner.') });

const organization = (more: Partial<Story> = {}): Story => ({
  render: () => <Organization />,
  viewer: OWNER,
  routes: { 'GET /organizations': { organizations: ORGANIZATIONS, nextCursor: null } },
  ...more,
});
export const OrganizationForOwner = organization();
export const OrganizationForOthers = organization({ viewer: MEMBER });
export const OrganizationOnPhone = organization({ phone: true });
export const OrganizationBusy = organization({
  routes: { 'DELETE /organizations/o1': problem(409, 'organization-busy', '2 batches run there.') },
});
export const SwitchedInAnotherTab = organization({
  routes: { 'GET /organizations': problem(409, 'organization-switched', 'Your session works elsewhere.') },
});
export const MenuWithOrganizations: Story = {
  render: () => <UserMenu viewer={OWNER} />,
  routes: { 'GET /organizations': { organizations: ORGANIZATIONS, nextCursor: null } },
};

export const ProfileForm: Story = { render: () => <Profile />, viewer: OWNER };
const account = (routes: Routes): Story => ({ render: () => <DeleteAccount />, viewer: OWNER, routes });
const MINE = deletionOf('Ana Ruiz', 'ana@example.org');
export const AccountToDelete = account({
  'GET /account/deletion': { deletion: MINE },
  'POST /account/deletion': problem(409, 'last-owner', LAST_OWNER),
});
export const AccountOfLastOwner = account({
  'GET /account/deletion': { deletion: { ...MINE, refusal: { code: 'last-owner', detail: LAST_OWNER } } },
});
const accounts = (more: Partial<Story> = {}): Story => ({
  render: () => <Accounts />,
  viewer: OWNER,
  routes: {
    'GET /users': { users: USERS, nextCursor: null },
    'GET /users/u-m2/deletion': { deletion: deletionOf('Ben Okafor', 'ben@example.org') },
  },
  ...more,
});
export const AccountsForAdministrator = accounts();
export const AccountsForOthers = accounts({ viewer: MEMBER });
export const AccountsOnPhone = accounts({ phone: true });
export const NoAccountMatches = accounts({ routes: { 'GET /users': { users: [], nextCursor: null } } });
export const PasswordForm: Story = {
  render: () => <ChangePassword />,
  routes: { 'POST /auth/change-password': { ended: 2 } },
};
export const PasswordRefused: Story = {
  render: () => <ChangePassword />,
  routes: {
    'POST /auth/change-password': problem(422, 'invalid-data', 'The password is known.', {
      errors: [{ path: 'newPassword', message: 'is one of the passwords that became known most often' }],
    }),
  },
};
export const SessionList: Story = {
  render: () => <Sessions />,
  routes: { 'GET /sessions': { sessions: SESSIONS, nextCursor: null } },
};
export const SessionListOnPhone: Story = { ...SessionList, phone: true };
export const SessionsUnreadable: Story = {
  render: () => <Sessions />,
  routes: { 'GET /sessions': problem(400, 'invalid-request', 'Not today.') },
};

const invited = { id: 'i1', token: 't', email: 'mika@example.org', organization: 'Example' };
export const InvitationForNewAccount: Story = { render: () => <AcceptForm {...invited} account="new" /> };
export const InvitationForAccount: Story = { render: () => <AcceptForm {...invited} account="existing" /> };
export const InvitationForSignedIn: Story = { render: () => <AcceptForm {...invited} account="signed-in" /> };
export const Forgotten: Story = {
  render: () => <ForgotForm />,
  routes: { 'POST /auth/request-password-reset': { requested: true } },
};
export const Reset: Story = {
  render: () => <ResetForm token="t" />,
  routes: { 'POST /auth/reset-password': { email: 'ana@example.org' } },
};
export const ResetTooLate: Story = {
  render: () => <ResetForm token="t" />,
  routes: { 'POST /auth/reset-password': problem(410, 'link-expired', 'This link was used already, or is too old.') },
};
