import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory } from './render-story';
import * as workers from './stories/workers.stories';

test('a type that does many items in one call says how many', async () => {
  await renderStory(workers.OwnTypes);
  expect(screen.getAllByText(/in one call/).map((line) => line.textContent)).toEqual([
    'On worker-1 · up to 1,000 items in one call',
  ]);
});
