import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import { json } from './server';
import * as launch from './stories/launch.stories';

test('fields of the pasted rows are offered as searchable ones, and the launch names what was chosen', async () => {
  const result = { batchId: 'b1', parentJobId: 'b1', enqueuedCount: 1, status: 'pending' };
  const { user, settle, server } = await renderStory({
    ...launch.Rows,
    routes: { ...launch.Rows.routes, 'POST /batches': json(result, 201) },
  });
  await user.click(await screen.findByRole('tab', { name: 'Rows' }));
  await user.click(await screen.findByRole('textbox', { name: 'Items' }));
  await user.paste('{ "durationMs": 1, "payload": { "customer": "acme" } }');
  await user.click(screen.getByText('Options', { selector: 'summary span' }));
  const column = await screen.findByRole('button', { name: 'payload.customer' });
  await user.click(column);
  expect(column.getAttribute('aria-pressed')).toBe('true');
  const field = screen.getByLabelText<HTMLInputElement>('Searchable fields');
  expect(field.value).toBe('payload.customer');
  expect(screen.getByText(/data\.payload\.customer:… then finds/)).toBeTruthy();
  await user.type(field, ', a:b');
  expect(screen.getByText('“a:b” is no field, such as customer or customer.id')).toBeTruthy();
  expect(await violations()).toEqual([]);
  await user.clear(field);
  await user.click(column);
  await user.click(screen.getByRole('button', { name: /Launch 1 item/ }));
  await settle();
  expect(server.bodies[server.requests.indexOf('POST /batches')]).toMatchObject({
    searchable: ['payload.customer'],
    items: [{ durationMs: 1, payload: { customer: 'acme' } }],
  });
});
