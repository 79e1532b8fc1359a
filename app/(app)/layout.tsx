import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { RAIL_COOKIE } from '@/components/shell/navigation';
import { Providers } from '@/components/shell/providers';
import { Shell } from '@/components/shell/shell';
import { asTheme, THEME_COOKIE } from '@/components/ui/theme';
import { getViewer } from '@/lib/domain/auth/get-viewer';
import { FirstData } from './first-data';
import { OF_SHELL } from './first-reads';
import { sessionOfRequest } from './session';

/** The layout of all pages that require sign-in. */
export default async function AppLayout({ children }: { children: ReactNode }) {
  const session = await sessionOfRequest();
  if (!session || session.lacksSecondFactor) {
    const [page, wanted] = [session ? '/second-factor' : '/sign-in', (await headers()).get('x-pathname')];
    redirect(wanted ? `${page}?next=${encodeURIComponent(wanted)}` : page);
  }
  const [viewer, jar] = [await getViewer(session.context), await cookies()];
  return (
    <Providers viewer={viewer}>
      <FirstData reads={OF_SHELL}>
        <Shell
          viewer={viewer}
          theme={asTheme(jar.get(THEME_COOKIE)?.value)}
          narrow={jar.get(RAIL_COOKIE)?.value === 'narrow'}
        >
          {children}
        </Shell>
      </FirstData>
    </Providers>
  );
}
