'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useId } from 'react';
import { SETTINGS_SECTIONS, type SettingsSection, sectionOf } from '@/components/shared/settings-sections';
import { cn } from '@/components/ui/cn';
import { Link } from '@/components/ui/link';
import { Select } from '@/components/ui/select';
import { useViewer } from '@/lib/client/queries/system';

const GROUPS: readonly SettingsSection['of'][] = ['You', 'Organization', 'Installation'];

/** The list of sections on a wide screen; on a narrow one, a select. Those of the installation are for system administrators. */
export function SettingsNav() {
  const here = sectionOf(usePathname());
  const router = useRouter();
  const id = useId();
  const { data: viewer } = useViewer();
  const shown = GROUPS.filter((of) => of !== 'Installation' || viewer?.systemAdmin);
  const groups = shown.map((of) => ({ of, sections: SETTINGS_SECTIONS.filter((section) => section.of === of) }));
  return (
    <nav aria-label="Settings" className="lg:w-44 lg:shrink-0">
      <Select
        className="w-full lg:hidden"
        aria-label="Section of the settings"
        value={here?.href ?? ''}
        onChange={(event) => router.push(event.target.value)}
      >
        {here ? null : <option value="">Choose a section</option>}
        {groups.map(({ of, sections }) => (
          <optgroup key={of} label={of}>
            {sections.map(({ href, title }) => (
              <option key={href} value={href}>
                {title}
              </option>
            ))}
          </optgroup>
        ))}
      </Select>
      <div className="sticky top-6 flex flex-col gap-5 max-lg:hidden">
        {groups.map(({ of, sections }) => (
          <div key={of}>
            <p id={`${id}-${of}`} className="mb-1 px-2 text-muted text-xs">
              {of}
            </p>
            <ul aria-labelledby={`${id}-${of}`} className="flex flex-col gap-0.5">
              {sections.map(({ href, title }) => (
                <li key={href}>
                  <Link
                    href={href}
                    aria-current={here?.href === href ? 'page' : undefined}
                    className={cn(
                      'flex h-8 items-center rounded-md px-2 text-muted text-sm hover:bg-hover hover:text-ink',
                      here?.href === href && 'bg-selected font-medium text-accent hover:text-accent',
                    )}
                  >
                    {title}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </nav>
  );
}
