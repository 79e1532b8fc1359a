import { FlowPage } from '@/e2e/pages/flow';
import { JobModal } from '@/e2e/pages/job-modal';
import { expect, test } from '@/e2e/support/test';
import { FLOW_EXAMPLES } from '@/lib/contracts/flow-examples';
import { must } from '@/lib/contracts/must';

test('a flow is composed from an example, launched, followed to its end, and its nodes can be opened', async ({
  page,
  gate,
}) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));

  await page.goto('/flows');
  await page.getByRole('link', { name: 'New flow' }).first().click();
  const editor = page.getByRole('textbox', { name: 'Flow' });
  await expect(editor).toBeVisible();
  await page.getByRole('button', { name: 'Examples' }).click();
  await page.getByRole('menuitem', { name: /^Deploy/ }).click();
  const flow = new FlowPage(page);
  await expect(flow.card('prepare-infra')).toBeVisible();

  // A mistake is shown at its line and keeps the flow from being launched.
  const launch = page.getByRole('button', { name: /^Launch/ });
  await editor.fill('{\n  "name": "one",\n  "type": "diagnostic",\n  "data": { "durationMs": -1 }\n}');
  await expect(page.getByRole('list', { name: 'Mistakes' })).toContainText('line 4');
  await expect(page.getByRole('list', { name: 'Mistakes' })).toContainText('data.durationMs');
  await expect(launch).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'Examples' }).click();
  await page.getByRole('menuitem', { name: /^Deploy/ }).click();
  await expect(launch).toHaveText('Launch 5 jobs');

  // The example, with a test that ends when it has been seen running.
  const { flow: deploy } = must(
    FLOW_EXAMPLES.find(({ key }) => key === 'deploy'),
    'the example',
  );
  const text = JSON.stringify(deploy, (_, node) =>
    node.name === 'test' ? { ...node, type: 'bulk-operation', data: gate.item } : node,
  );
  await editor.fill(text);
  await expect(flow.card('test')).toContainText('bulk-operation');
  await expect(launch).toHaveText('Launch 5 jobs');
  await launch.click();

  await flow.id();
  await expect(flow.card('deploy-application')).toHaveAttribute('data-status', 'waiting-children');
  await expect(flow.card('compile')).toHaveAttribute('data-status', 'completed');
  await expect(flow.card('test')).toHaveAttribute('data-status', 'active');
  gate.open();
  await flow.ends('completed');
  await expect(flow.card('deploy-application')).toHaveAttribute('data-status', 'completed');

  // With the keyboard: from the root to what it waited for, and open it.
  await flow.graph.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  const modal = new JobModal(page);
  await expect(modal.dialog.getByText('build').first()).toBeAttached();
  await modal.close.click();
  await flow.card('test').click();
  await expect(modal.dialog.getByText('completed', { exact: true }).first()).toBeVisible();
  await modal.close.click();

  // The same as text.
  await page.getByRole('button', { name: 'List', exact: true }).click();
  await expect(flow.list.getByRole('treeitem')).toHaveCount(5);
  await flow.list.getByRole('treeitem').first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(flow.list.getByRole('treeitem', { name: /^build/ })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(flow.list.getByRole('treeitem', { name: /^compile/ })).toHaveCount(0);
  expect(complaints).toEqual([]);
});
