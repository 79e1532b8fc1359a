import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import { problem } from './server';
import * as people from './stories/people.stories';

async function inviteMika(story = people.MembersForOwner) {
  const rendered = await renderStory(story);
  const { user } = rendered;
  await user.click(screen.getByRole('button', { name: 'Invite' }));
  await user.type(screen.getByLabelText('E-mail'), 'mika@example.org');
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Invite' }));
  await rendered.settle();
  return rendered;
}

test('an invitation with a wrong address is refused beside its field, and a right one shows its link once', async () => {
  const { user } = await renderStory(people.MembersForOwner);
  await user.click(screen.getByRole('button', { name: 'Invite' }));
  await user.type(screen.getByLabelText('E-mail'), 'mika');
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Invite' }));
  expect((await screen.findByRole('alert')).textContent).toContain('Enter an e-mail address');
  expect(document.activeElement).toBe(screen.getByLabelText('E-mail'));
  expect(await violations()).toEqual([]);
});

test('an action that needs the password asks for it and then goes on', async () => {
  const { user, settle, server } = await inviteMika(people.InvitationNeedsPassword);
  const prompt = screen.getByRole('dialog', { name: 'Confirm your password' });
  expect(prompt.textContent).toContain('to invite people');
  expect(await violations()).toEqual([]);
  await user.type(within(prompt).getByLabelText('Password'), 'quiet harbor lantern{Enter}');
  await settle();
  expect(screen.queryByRole('dialog', { name: 'Confirm your password' })).toBeNull();
  expect(screen.getByLabelText<HTMLInputElement>('Link').value).toContain('token=t0ken');
  expect(server.requests.filter((request) => request === 'POST /invitations')).toHaveLength(2);
});

test('a wrong password is said in the prompt, and the action fails when it is closed', async () => {
  const { user, settle } = await inviteMika(people.InvitationNeedsWrongPassword);
  const prompt = screen.getByRole('dialog', { name: 'Confirm your password' });
  await user.type(within(prompt).getByLabelText('Password'), 'wrong{Enter}');
  await settle();
  expect(within(prompt).getByRole('alert').textContent).toContain('not your password');
  await user.click(within(prompt).getByRole('button', { name: 'Cancel' }));
  await settle();
  expect(screen.getByRole('dialog', { name: 'Invite a person' }).textContent).toContain('some time ago');
});

test('an account without a password is asked to sign in again', async () => {
  await inviteMika(people.InvitationNeedsSignIn);
  expect(screen.getByRole('dialog', { name: 'Sign in again' })).toBeTruthy();
});

test('whoever is no owner sees the members without controls, and why', async () => {
  await renderStory(people.MembersForOthers);
  expect(screen.getByText('Ana Ruiz')).toBeTruthy();
  expect(screen.queryByRole('combobox')).toBeNull();
  expect(screen.queryByRole('button', { name: /Invite|Remove/ })).toBeNull();
  expect(screen.getByText(/Only an owner can invite/)).toBeTruthy();
});

test('a role that cannot change says why', async () => {
  const { user, settle } = await renderStory(people.LastOwner);
  await user.selectOptions(screen.getByLabelText('Role of Ana Ruiz'), 'Viewer');
  await settle();
  expect(await screen.findByText('This is the only owner.')).toBeTruthy();
});

test('a closed dialog returns the focus, also after its content was replaced', async () => {
  const { user, settle } = await renderStory({
    ...people.MembersForOwner,
    routes: {
      ...people.MembersForOwner.routes,
      'POST /invitations': {
        invitation: { email: 'mika@example.org', url: 'https://yard.example.org/invite/i1?token=t0ken', mailed: false },
      },
    },
  });
  const invite = screen.getByRole('button', { name: 'Invite' });
  await user.click(invite);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(document.activeElement).toBe(invite));
  await user.click(invite);
  await user.type(screen.getByLabelText('E-mail'), 'mika@example.org{Enter}');
  await settle();
  expect(document.activeElement).toBe(screen.getByLabelText('Link'));
  await user.keyboard('{Escape}');
  await waitFor(() => expect(document.activeElement).toBe(invite));
});

test('a chosen role is shown as being saved until the server answers', async () => {
  let answer: (response: Response) => void = () => undefined;
  const { user, settle } = await renderStory({
    ...people.LastOwner,
    routes: {
      ...people.LastOwner.routes,
      'PATCH /members/m1': () =>
        new Promise<Response>((resolve) => {
          answer = resolve;
        }),
    },
  });
  const role = screen.getByLabelText<HTMLSelectElement>('Role of Ana Ruiz');
  await user.selectOptions(role, 'Viewer');
  expect(role.value).toBe('viewer');
  expect(role.getAttribute('aria-busy')).toBe('true');
  expect(role.getAttribute('aria-disabled')).toBe('true');
  expect(screen.getByText('Saving').closest('[role=status]')).toBeTruthy();
  expect(document.activeElement).toBe(role);
  expect(await violations()).toEqual([]);
  answer(await problem(409, 'last-owner', 'This is the only owner.')(new URL('http://localhost'), undefined));
  await settle();
  expect(role.value).toBe('owner');
  expect(screen.queryByText('Saving')).toBeNull();
  expect(await screen.findByText('This is the only owner.')).toBeTruthy();
});

test('a long list has its number and a filter', async () => {
  const { user } = await renderStory(people.ManyMembers);
  expect(screen.getByRole('heading', { name: 'Members 40' })).toBeTruthy();
  await user.type(screen.getByLabelText('Filter members'), 'person 7@{Enter}');
  expect(screen.getByText(/Nothing here contains/)).toBeTruthy();
  await user.clear(screen.getByLabelText('Filter members'));
  await user.type(screen.getByLabelText('Filter members'), 'PERSON7@{Enter}');
  expect(screen.getAllByLabelText(/^Role of/)).toHaveLength(1);
  expect(await violations()).toEqual([]);
});

test('a page of another organization is covered as soon as the server says so', async () => {
  await renderStory(people.SwitchedInAnotherTab);
  const notice = await screen.findByRole('alertdialog');
  expect(notice.textContent).toContain('This page still shows Example');
  expect(within(notice).getByRole('button', { name: 'Back to Example' })).toBeTruthy();
  expect(notice.contains(document.activeElement)).toBe(true);
  expect(await violations()).toEqual([]);
});

test('the account menu offers the other organizations', async () => {
  const { user, settle, server } = await renderStory(people.MenuWithOrganizations);
  await user.click(screen.getByRole('button', { name: /^Account/ }));
  await settle();
  expect(screen.getByRole('menuitemradio', { name: 'Example' }).getAttribute('aria-checked')).toBe('true');
  await user.click(screen.getByRole('menuitemradio', { name: 'Research' }));
  await settle();
  expect(server.requests).toContain('POST /organizations/o2/switch');
});

test('an organization is deleted only after its name was typed', async () => {
  const { user, settle, server } = await renderStory(people.OrganizationBusy);
  await user.click(screen.getByRole('button', { name: 'Delete organization' }));
  const dialog = screen.getByRole('alertdialog');
  const confirm = within(dialog).getByRole('button', { name: 'Delete organization' });
  await user.click(confirm);
  expect(server.requests.filter((request) => request.startsWith('DELETE'))).toEqual([]);
  expect(dialog.textContent).toContain('This is not the name');
  expect(document.activeElement).toBe(within(dialog).getByLabelText('Type Example to confirm'));
  await user.keyboard('Example{Enter}');
  await settle();
  expect(dialog.textContent).toContain('2 batches run there');
});

async function changePassword(story: typeof people.PasswordForm, again: string) {
  const rendered = await renderStory(story);
  await rendered.user.type(screen.getByLabelText('Current password'), 'quiet harbor lantern');
  await rendered.user.type(screen.getByLabelText('New password'), 'seven green bottles');
  await rendered.user.type(screen.getByLabelText('New password again'), again);
  await rendered.user.click(screen.getByRole('button', { name: 'Change password' }));
  await rendered.settle();
  return rendered;
}

test('a password is sent only if it was typed twice the same, and then says how many sessions ended', async () => {
  const { server } = await changePassword(people.PasswordForm, 'seven green bottle');
  expect(server.requests).not.toContain('POST /auth/change-password');
  expect(screen.getByRole('alert').textContent).toContain('differ');
  await changePassword(people.PasswordForm, 'seven green bottles');
  expect(screen.getByText(/2 other sessions have ended/)).toBeTruthy();
  await changePassword(people.PasswordRefused, 'seven green bottles');
  expect(screen.getByRole('alert').textContent).toContain('became known most often');
});

test('sessions are ended one by one, or all but this', async () => {
  const { user, settle, server } = await renderStory(people.SessionList);
  await user.click(screen.getByRole('button', { name: /End the session of Safari on iPhone/ }));
  await settle();
  await user.click(screen.getByRole('button', { name: 'End all others' }));
  await settle();
  expect(server.requests.filter((request) => request.startsWith('DELETE'))).toEqual([
    'DELETE /sessions/s2',
    'DELETE /sessions',
  ]);
});

test('a link for a new password sets it, or says that it is too late', async () => {
  const set = async (story: typeof people.Reset) => {
    const { user, settle } = await renderStory(story);
    await user.type(screen.getByLabelText('New password'), 'seven green bottles{Enter}');
    await settle();
  };
  await set(people.Reset);
  expect(screen.getByRole('link', { name: 'Sign in' })).toBeTruthy();
  await set(people.ResetTooLate);
  expect(screen.getByRole('link', { name: 'Ask for a new link' })).toBeTruthy();
});

test('the deletion of the own account shows its effect, asks for the address and shows a refusal', async () => {
  const { user, settle, server } = await renderStory(people.AccountToDelete);
  await user.click(screen.getByRole('button', { name: 'Delete my account' }));
  const dialog = screen.getByRole('alertdialog', { name: 'Delete your account?' });
  expect(dialog.textContent).toContain('You are signed out everywhere at once');
  expect(dialog.textContent).toContain('nightly import · Research');
  expect(dialog.textContent).toContain('nobody else belongs to it: Trial.');
  expect(await violations()).toEqual([]);
  const confirm = within(dialog).getByRole('button', { name: 'Delete my account' });
  await user.click(confirm);
  expect(within(dialog).getByRole('alert').textContent).toContain('not the address');
  expect(server.requests).not.toContain('POST /account/deletion');
  await user.type(within(dialog).getByLabelText(/Type ana@example.org/), ' Ana@example.org ');
  await user.click(confirm);
  await settle();
  expect(server.requests).toContain('POST /account/deletion');
  expect(dialog.textContent).toContain('make another member an owner');
});

test('an account that must stay has no button, and says what to do first', async () => {
  await renderStory(people.AccountOfLastOwner);
  expect(screen.queryByRole('button')).toBeNull();
  expect(screen.getByText(/First make another member an owner/)).toBeTruthy();
});

test('a system administrator sees all accounts, and what the deletion of one would do', async () => {
  const { user, settle } = await renderStory(people.AccountsForAdministrator);
  const table = screen.getByRole('table', { name: 'All accounts' });
  expect(within(table).getByText('Dora Left')).toBeTruthy();
  await user.click(within(table).getByRole('button', { name: 'Delete the account of Ben Okafor, ben@example.org' }));
  await settle();
  const dialog = screen.getByRole('alertdialog', { name: 'Delete the account of Ben Okafor?' });
  expect(dialog.textContent).toContain('All sessions end at once');
  expect(await violations()).toEqual([]);
});

test('whoever is no system administrator sees no accounts, and why', async () => {
  const { server } = await renderStory(people.AccountsForOthers);
  expect(screen.getByText('Only a system administrator sees all accounts.')).toBeTruthy();
  expect(server.requests).not.toContain('GET /users');
});

test('owners see who has no second factor', async () => {
  await renderStory(people.MembersForOwner);
  expect(within(await screen.findByRole('row', { name: /Ben Okafor/ })).getByText('No second factor')).toBeTruthy();
  expect(screen.getAllByText('No second factor')).toHaveLength(1);
});

test('a rule about second factors that is refused says why, and stays as it was', async () => {
  const { user, settle } = await renderStory({
    ...people.OrganizationForOwner,
    routes: {
      ...people.OrganizationForOwner.routes,
      'PATCH /organizations/o1': problem(403, 'forbidden', 'Set up a second factor of your own first.'),
    },
  });
  const rule = await screen.findByRole('checkbox', { name: 'Members need a second factor' });
  await user.click(rule);
  await settle();
  expect(await screen.findByText('Set up a second factor of your own first.')).toBeTruthy();
  expect(rule).toHaveProperty('checked', false);
});
