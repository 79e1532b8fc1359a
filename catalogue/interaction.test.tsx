import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { NAV_ITEMS } from '@/components/shell/navigation';
import { renderStory, violations } from './render-story';
import * as batch from './stories/batch.stories';
import * as compare from './stories/compare.stories';
import * as flow from './stories/flow.stories';
import * as job from './stories/job.stories';
import * as launch from './stories/launch.stories';
import * as overlays from './stories/overlays.stories';
import * as shell from './stories/shell.stories';
import * as ui from './stories/ui.stories';
import { visited } from './story';

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const dialog = (name?: string | RegExp) => screen.getByRole('dialog', name ? { name } : {});

test('a dialog takes the focus, keeps it while Tab is pressed, and Escape returns it to the element that opened it', async () => {
  const { user } = await renderStory(overlays.DialogToOpen);
  await user.click(button('Add items'));
  const open = dialog('Add items');
  expect(open).toHaveProperty('textContent', expect.stringContaining('They join embed-handbook'));
  for (let press = 0; press < 6; press += 1) {
    await user.tab();
    expect(open.contains(document.activeElement)).toBe(true);
  }
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(document.activeElement).toBe(button('Add items'));
});

test('a dialog that was opened from a menu returns the focus to the button of the menu', async () => {
  const { user, settle } = await renderStory(batch.Running);
  await user.click(button('More'));
  await user.click(await screen.findByRole('menuitem', { name: /Examine batch/ }));
  await settle();
  expect(dialog(/Examination of/).contains(document.activeElement)).toBe(true);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(document.activeElement).toBe(button('More')));
});

test('a disabled button stays focusable, shows the reason and does nothing', async () => {
  const { user, server } = await renderStory(batch.Running);
  const retry = screen.getAllByRole('button', { name: /^Retry/ })[0] as HTMLElement;
  expect(retry.getAttribute('aria-disabled')).toBe('true');
  const reason = document.getElementById(retry.getAttribute('aria-describedby') ?? '');
  expect(reason?.textContent).toMatch(/still being processed$/);
  retry.focus();
  expect(document.activeElement).toBe(retry);
  await user.click(retry);
  expect(server.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
});

test('a busy button keeps its name and refuses clicks', async () => {
  await renderStory(ui.Buttons);
  const busy = button('primary, busy');
  expect(busy.getAttribute('aria-busy')).toBe('true');
  expect(busy.getAttribute('aria-disabled')).toBe('true');
});

test('every status has a shape and a word, and no two statuses share a shape', async () => {
  await renderStory(ui.Statuses);
  const marks = screen.getAllByRole('listitem').map((item) => ({
    word: item.textContent?.trim() ?? '',
    shape: item.querySelector('svg')?.innerHTML ?? '',
    color: item.querySelector('svg')?.getAttribute('class') ?? '',
  }));
  expect(marks.every(({ word, shape, color }) => word && shape && /text-status-/.test(color))).toBe(true);
  expect(new Set(marks.map(({ word }) => word)).size).toBe(marks.length);
});

test('a menu opens with the keyboard, arrows skip disabled entries, and Escape returns the focus', async () => {
  const { user } = await renderStory(overlays.MenuToOpen);
  button('Results').focus();
  await user.keyboard('{Enter}');
  const menu = await screen.findByRole('menu');
  expect(within(menu).getByRole('menuitem', { name: /XLSX/ }).getAttribute('aria-disabled')).toBe('true');
  await waitFor(() => expect(document.activeElement?.textContent).toContain('CSV'));
  await user.keyboard('{ArrowDown}');
  expect(document.activeElement?.textContent).toContain('Delete');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  expect(document.activeElement).toBe(button('Results'));
});

test('tabs move with arrow keys and skip a disabled one', async () => {
  const { user } = await renderStory(ui.TabsOfAJob);
  screen.getByRole('tab', { name: 'Result' }).focus();
  await user.keyboard('{ArrowRight}');
  expect(screen.getByRole('tabpanel').textContent).toBe('The input');
  await user.keyboard('{ArrowRight}');
  expect(screen.getByRole('tabpanel').textContent).toBe('The result');
});

test('a toast is announced to screen readers and can be dismissed', async () => {
  const { user } = await renderStory(overlays.ToastsToShow);
  await user.click(button('Show error'));
  expect(screen.getAllByText('A toast: error').length).toBeGreaterThan(0);
  await user.click(button('Dismiss'));
  expect(screen.queryByRole('button', { name: 'Dismiss' })).toBeNull();
});

test('a page whose record does not exist reports that and links back', async () => {
  await renderStory(batch.NotFound);
  expect(screen.getByText('There is no such batch')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'All batches' }).getAttribute('href')).toBe('/batches');
  await renderStory(batch.Loading);
  expect(screen.getByRole('status').textContent).toContain('Loading the batch');
});

test('a job that failed shows why, and a retry that is refused shows the reason', async () => {
  const { user, settle } = await renderStory(job.RetryRefused);
  expect(screen.getAllByText(/429 Too Many Requests from the embedding endpoint/).length).toBeGreaterThan(0);
  await user.click(button('Retry'));
  await settle();
  expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toContain(
    'Too many requests. Try again in 5 s.',
  );
});

test('the log of a job can be searched', async () => {
  const { user, settle } = await renderStory(job.Failed);
  await user.click(screen.getByRole('tab', { name: 'Logs' }));
  await settle();
  await user.type(screen.getByRole('searchbox', { name: 'Search the log' }), '429{Enter}');
  const log = screen.getByRole('log');
  expect(log.textContent).toContain('the endpoint answered 429');
  expect(log.textContent).not.toContain('reading page 1');
});

test('a failed job shows its reason, and the stack trace when it is asked for', async () => {
  const { user } = await renderStory(job.Failed);
  expect(screen.getAllByText(/^429 Too Many Requests/).length).toBeGreaterThan(0);
  const trace = screen.getByText('Stack trace').closest('details');
  expect(trace?.open).toBe(false);
  await user.click(screen.getByText('Stack trace'));
  expect(trace?.open).toBe(true);
  expect(trace?.textContent).toContain('at embed (embed.ts:31:9)');
  expect(await violations()).toEqual([]);
});

test('the form of an edited retry starts from the input, and sends only the changes', async () => {
  const { user, server, settle } = await renderStory(job.Failed);
  await user.click(button('Edit and retry'));
  const note = within(dialog('Edit and retry')).getByRole('textbox', { name: /note/ });
  expect(note).toHaveProperty('value', 'first try');
  await user.clear(note);
  await user.type(note, 'second try');
  await user.click(button('Retry with this input'));
  await settle();
  const sent = server.bodies[server.requests.indexOf('POST /jobs/j-failed/retry')];
  expect(sent).toMatchObject({ data: { durationMs: 100, outcome: 'fail', note: 'second try' } });
});

test('the modal of a job shows its name, and Alt with arrow keys moves through the list', async () => {
  await renderStory(job.ModalFailed);
  expect(dialog('handbook-005.pdf')).toBeTruthy();
  expect(button('Previous item (Alt+↑)')).toHaveProperty('disabled', false);
  expect(button('Next item (Alt+↓)')).toHaveProperty('disabled', true);
});

test('arrow keys move through the tree of a flow', async () => {
  const { user } = await renderStory(flow.RunningAsList);
  const tree = screen.getByRole('tree');
  const items = within(tree).getAllByRole('treeitem');
  expect(items.length).toBe(4);
  items[0]?.focus();
  await user.keyboard('{ArrowDown}');
  await waitFor(() => expect(document.activeElement?.getAttribute('data-row')).toBe('extract'));
  await user.keyboard('k');
  await waitFor(() => expect(document.activeElement).toBe(items[0]));
  await user.keyboard('j');
  await waitFor(() => expect(document.activeElement?.getAttribute('data-row')).toBe('extract'));
});

test('the launch page names its steps and shows what each one needs first', async () => {
  await renderStory(launch.NothingChosen);
  for (const name of ['What', 'Items to process', 'How', 'Launch'])
    expect(screen.getByRole('region', { name })).toBeTruthy();
  expect(screen.getAllByText(/Choose a job type first/).length).toBeGreaterThan(0);
});

test('the state of the connection is shown: live, connecting, and lost', async () => {
  await renderStory(shell.Live);
  expect(button(/live/)).toBeTruthy();
  await renderStory(shell.Connecting);
  expect(button(/connecting/)).toBeTruthy();
});

test.each(NAV_ITEMS.map(({ href, title }) => [href, title]))('the top bar names the page %s', async (path, title) => {
  await renderStory({ ...shell.Live, path });
  const here = within(screen.getByRole('navigation', { name: 'Breadcrumb' })).getByText(title);
  expect(here.getAttribute('aria-current')).toBe('page');
});

test('why a batch is slow is explained before it is asked, and asked for once', async () => {
  const { user, server, settle } = await renderStory({
    ...compare.SlowClosed,
    routes: { ...compare.SlowExplained.routes },
  });
  expect(screen.getByText(/what takes the time, what the limit is/)).toBeTruthy();
  expect(server.requests).not.toContain('GET /batches/b1/slow');
  await user.click(screen.getByRole('button', { name: 'Why is it slow?' }));
  await settle();
  expect(screen.queryByText(/what takes the time, what the limit is/)).toBeNull();
  expect(screen.getByRole('list', { name: 'Shares of the time' })).toBeTruthy();
  expect(server.requests.filter((request) => request === 'GET /batches/b1/slow')).toHaveLength(1);
});

test('an unavailable queue is reported at the top of every page', async () => {
  await renderStory(shell.QueueUnavailable);
  expect(within(screen.getByRole('main')).getByRole('status').textContent).toContain('Launches are stored');
});

test('the main navigation marks the current page, and Ctrl K opens the search', async () => {
  const { user, settle } = await renderStory(shell.Live);
  const links = within(screen.getAllByRole('navigation', { name: 'Main navigation' })[0] as HTMLElement);
  expect(links.getByRole('link', { name: 'Batches' }).getAttribute('aria-current')).toBe('page');
  await user.keyboard('{Control>}k{/Control}');
  const search = screen.getByRole('combobox', { name: /Search batches/ });
  expect(document.activeElement).toBe(search);
  await user.type(search, 'settings secrets');
  await settle();
  await user.keyboard('{Enter}');
  expect(visited).toEqual(['/settings/secrets']);
});

test('the list of settings marks the section that is open, and on a phone it is a select', async () => {
  const { user } = await renderStory(shell.SettingsList);
  const list = within(screen.getByRole('navigation', { name: 'Settings' }));
  expect(list.getByRole('link', { name: 'Secrets' }).getAttribute('aria-current')).toBe('page');
  await user.selectOptions(list.getByRole('combobox', { name: 'Section of the settings' }), 'Appearance');
  expect(visited).toEqual(['/settings/appearance']);
});

test('a theme that is chosen in the settings takes effect at once', async () => {
  const { user } = await renderStory(shell.AppearanceChoice);
  await user.click(screen.getByRole('radio', { name: 'Dark' }));
  expect(document.documentElement.dataset.theme).toBe('dark');
  await user.click(screen.getByRole('radio', { name: 'As the system' }));
  expect(document.documentElement.dataset.theme).toBeUndefined();
});

test('deleting a secret asks for confirmation', async () => {
  const { user } = await renderStory(shell.SecretsList);
  await user.click(screen.getAllByRole('button', { name: /Delete/ })[0] as HTMLElement);
  expect(await screen.findByRole('alertdialog')).toBeTruthy();
});

test('a refused sign-in shows the reason and focuses the password', async () => {
  const { user, settle } = await renderStory(shell.SignInRefused);
  await user.type(screen.getByLabelText('E-mail'), 'ana@example.org');
  await user.type(screen.getByLabelText('Password'), 'wrong{Enter}');
  await settle();
  expect(screen.getByRole('alert').textContent).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText('Password'));
});
