import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime';
import { PathnameContext, SearchParamsContext } from 'next/dist/shared/lib/hooks-client-context.shared-runtime';
import { type ReactNode, startTransition, useEffect, useMemo, useState } from 'react';
import { Providers } from '@/components/shell/providers';
import type { ViewerDto } from '@/lib/contracts/system';
import { DEFAULT_ROUTES } from './default-routes';
import { ADMIN } from './fixtures';
import { createServer, type Routes, type StoryServer } from './server';

/** One state of one component, with the server responses that produce it. */
export interface Story {
  render: () => ReactNode;
  routes?: Routes;
  /** path and query of the page */
  path?: string;
  viewer?: ViewerDto;
  /** renders at the width of a phone */
  phone?: true;
}

/** A story with its id: `batch-progress--running`. */
export interface NamedStory extends Story {
  id: string;
  /** the file name: `batch-progress` */
  group: string;
  /** the export's name as words: `Nothing has started` */
  name: string;
}

/** Returns every export of the story files that renders something. */
export function storiesOf(modules: Record<string, Record<string, Story>>): NamedStory[] {
  return Object.entries(modules).flatMap(([file, exports]) => {
    const group = file.replace(/^.*\/|\.stories\.tsx$/g, '');
    return Object.entries(exports).map(([key, story]) => {
      const words = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
      const name = words.charAt(0).toUpperCase() + words.slice(1);
      return { ...story, group, name, id: `${group}--${words.replaceAll(' ', '-')}` };
    });
  });
}

/** Creates the server of a story: its own routes over the default routes. */
export const serverOf = (story: Story): StoryServer => createServer(DEFAULT_ROUTES, story.routes ?? {});

/** The paths passed to `router.push`. The catalogue does not navigate. */
export const visited: string[] = [];

const ROUTER = {
  bfcacheId: '',
  push: (href: string) => void visited.push(href),
  replace: (href: string) => void visited.push(href),
  prefetch: () => undefined,
  refresh: () => undefined,
  back: () => undefined,
  forward: () => undefined,
};

/** Provides what Next provides to a page: a router and a URL that follows `history.replaceState`, in a transition. */
function Address({ path, children }: { path: string; children: ReactNode }) {
  const [href, setHref] = useState(path);
  useEffect(() => {
    const { history } = globalThis;
    const { pushState, replaceState } = history;
    const follow = (_data: unknown, _unused: string, to?: string | URL | null): void => {
      if (to == null) return;
      const next = String(to);
      startTransition(() =>
        setHref((now) => new URL(next, new URL(now, 'http://story')).href.replace('http://story', '')),
      );
    };
    history.pushState = follow;
    history.replaceState = follow;
    return () => {
      history.pushState = pushState;
      history.replaceState = replaceState;
    };
  }, []);
  const { pathname, searchParams } = useMemo(() => new URL(href, 'http://story'), [href]);
  return (
    <AppRouterContext value={ROUTER}>
      <PathnameContext value={pathname}>
        <SearchParamsContext value={searchParams}>{children}</SearchParamsContext>
      </PathnameContext>
    </AppRouterContext>
  );
}

/** Renders a story inside the providers of a product page. `fetch` must be the one of the story's server. */
export function StoryView({ story }: { story: Story }) {
  return (
    <Address path={story.path ?? '/'}>
      <Providers viewer={story.viewer ?? ADMIN}>{story.render()}</Providers>
    </Address>
  );
}
