import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import * as privacy from './stories/privacy.stories';

test('an administrator changes the rules, and a wrong path is refused beside its field', async () => {
  const { user, settle, server } = await renderStory(privacy.RedactionRules);
  const save = () => screen.getByRole('button', { name: 'Save rules' });
  const fields = screen.getByLabelText('Fields');
  await user.type(fields, '{Enter}customer.name');
  expect(screen.queryByRole('alert')).toBeNull();
  await user.tab();
  expect(screen.getByRole('alert').textContent).toContain('customer.name is not a path');
  await user.click(save());
  expect(server.requests).not.toContain('PUT /redaction');
  expect(document.activeElement).toBe(fields);
  await user.clear(fields);
  await user.type(fields, 'data.customer.email');
  await user.click(screen.getByRole('checkbox', { name: /Telephone numbers/ }));
  await user.click(save());
  await settle();
  expect(server.requests.filter((request) => request === 'PUT /redaction')).toHaveLength(1);
  expect(await violations()).toEqual([]);
});

test('an operator sees the rules and who may change them', async () => {
  await renderStory(privacy.RedactionForOperator);
  expect(screen.queryByRole('button', { name: 'Save rules' })).toBeNull();
  expect(screen.getByText(/An administrator can update redaction rules; you are an operator/)).toBeTruthy();
});

test('a viewer finds a word in place of what the role may not use', async () => {
  await renderStory(privacy.ForViewers);
  expect(screen.queryByRole('link', { name: 'New batch' })).toBeNull();
  expect(screen.getAllByText(/An operator can launch batches; you are a viewer/)).toHaveLength(2);
  expect(screen.queryByText('not shown')).toBeNull();
});
