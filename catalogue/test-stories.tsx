import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import { type Story, storiesOf } from './story';

const stories = storiesOf(import.meta.glob<Record<string, Story>>('./stories/*.stories.tsx', { eager: true }));

/** Tests every `of`th story, from the `part`th on: files run side by side. A new story needs no line in a test. */
export function testStories(part: number, of: number): void {
  const mine = stories.filter((_, index) => index % of === part - 1);
  test.each(mine)('$group, $name: it is drawn, and axe finds nothing wrong', async (story) => {
    await renderStory(story);
    expect(document.body.querySelectorAll('*').length).toBeGreaterThan(2);
    expect(await violations()).toEqual([]);
  });
}
