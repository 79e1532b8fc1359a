import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import { type Story, storiesOf } from './story';

const stories = storiesOf(import.meta.glob<Record<string, Story>>('./stories/*.stories.tsx', { eager: true }));

/** Tests every `of`th story, starting at the `part`th, so that test files run in parallel. New stories are included. */
export function testStories(part: number, of: number): void {
  const mine = stories.filter((_, index) => index % of === part - 1);
  test.each(mine)('$group, $name: it is drawn, and axe finds nothing wrong', async (story) => {
    await renderStory(story);
    // Something besides what it is drawn into.
    expect(document.body.querySelectorAll('*').length).toBeGreaterThan(1);
    expect(await violations()).toEqual([]);
  });
}
