import { act, cleanup, render } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import axe from 'axe-core';
import { vi } from 'vitest';
import type { StoryServer } from './server';
import { type Story, StoryView, serverOf, visited } from './story';

interface RenderedStory {
  user: UserEvent;
  server: StoryServer;
  /** waits until every request has its response and the result is rendered */
  settle: () => Promise<void>;
}

declare global {
  interface Window {
    happyDOM: { setViewport: (size: { width: number; height: number }) => void };
  }
}

/** Renders a story and waits until its requests have responses. Unmounts the previous story. */
export async function renderStory(story: Story): Promise<RenderedStory> {
  cleanup();
  localStorage.clear();
  visited.length = 0;
  window.happyDOM.setViewport(story.phone ? { width: 390, height: 844 } : { width: 1280, height: 800 });
  const server = serverOf(story);
  vi.stubGlobal('fetch', server.fetch);
  const settle = async (): Promise<void> => {
    // Responses cause further requests. The story is settled after several turns without a request.
    for (let calm = 0; calm < 3; calm = server.waiting === 0 ? calm + 1 : 0) {
      await act(() => new Promise((resolve) => setTimeout(resolve, 0)));
    }
  };
  render(<StoryView story={story} />);
  await settle();
  return { user: userEvent.setup(), server, settle };
}

/** These axe rules need a real layout. They are checked in the catalogue, in a browser. */
const NEEDS_LAYOUT = [
  'color-contrast',
  'target-size',
  'scrollable-region-focusable',
  'aria-hidden-focus',
  'landmark-unique',
];
/** These axe rules apply to a whole page. A story is only a part of one, without landmarks and without an h1. */
const NEEDS_PAGE = ['region', 'page-has-heading-one', 'landmark-one-main', 'document-title', 'html-has-lang', 'bypass'];

/**
 * axe draws text to find icon fonts, which the product does not use. happy-dom has no canvas. A chart that opens while
 * axe runs gets it too, and draws nothing.
 */
const NO_ICON_FONT: Record<PropertyKey, unknown> = {
  canvas: {},
  measureText: (text: string) => ({ width: 30 * text.length }),
  fillText: () => undefined,
  clearRect: () => undefined,
  getImageData: () => ({ data: new Uint8Array(4).fill(1) }),
};

/** Returns the axe violations, one line for each. */
export async function violations(): Promise<string[]> {
  const canvas = vi.spyOn(HTMLCanvasElement.prototype, 'getContext');
  const context = new Proxy(NO_ICON_FONT, { get: (known, name) => (name in known ? known[name] : () => undefined) });
  canvas.mockReturnValue(context as never);
  const off = Object.fromEntries([...NEEDS_LAYOUT, ...NEEDS_PAGE].map((rule) => [rule, { enabled: false }]));
  // Experimental in axe: people who use speech control say what they see.
  const on = { 'label-content-name-mismatch': { enabled: true } };
  const found = await axe
    .run(document.body, {
      rules: { ...off, ...on },
      resultTypes: ['violations'],
      // Computing selectors takes half of the time, and the HTML of a violation identifies it.
      selectors: false,
      iframes: false,
      preload: false,
    })
    .finally(() => canvas.mockRestore());
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}\n  ${html.slice(0, 300)}`),
  );
}
