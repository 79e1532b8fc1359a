'use client';

import { Monitor, Moon, Rows3, Rows4, Sun } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button';
import { asDensity, DENSITIES } from './density';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from './dropdown-menu';
import { asTheme, THEME_COOKIE, THEMES, type Theme } from './theme';
import { applyDensity, useDensity } from './use-density';

const LOOK = {
  system: { icon: Monitor, word: 'As the system' },
  light: { icon: Sun, word: 'Light' },
  dark: { icon: Moon, word: 'Dark' },
};
const ROWS = {
  dense: { icon: Rows4, word: 'Dense' },
  comfortable: { icon: Rows3, word: 'Comfortable' },
};

/** Applies a theme now, and stores it in a cookie so that the server renders it next time. */
function applyTheme(theme: Theme): void {
  const year = 365 * 24 * 3600;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in plain-http contexts
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${theme === 'system' ? 0 : year}; samesite=lax`;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Chooses light, dark or system theme, and the row height. `initial` is the server's value of the cookie. */
export function ThemeToggle({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  const { icon: Icon, word } = LOOK[theme];
  const change = (value: string) => {
    const next = asTheme(value);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={`Theme: ${word.toLowerCase()}`}>
          <Icon />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuRadioGroup value={theme} onValueChange={change}>
          {THEMES.map((each) => {
            const { icon: EachIcon, word: eachWord } = LOOK[each];
            return (
              <DropdownMenuRadioItem key={each} value={each}>
                <EachIcon /> {eachWord}
              </DropdownMenuRadioItem>
            );
          })}
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator className="max-sm:hidden" />
        <RowsChoice />
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** The row height of tables on a desktop; phones have a fixed height. */
function RowsChoice() {
  const density = useDensity();
  return (
    <DropdownMenuRadioGroup
      aria-label="Rows"
      value={density}
      onValueChange={(value) => applyDensity(asDensity(value))}
      className="max-sm:hidden"
    >
      <DropdownMenuLabel>Rows</DropdownMenuLabel>
      {DENSITIES.map((each) => {
        const { icon: Icon, word } = ROWS[each];
        return (
          <DropdownMenuRadioItem key={each} value={each}>
            <Icon /> {word}
          </DropdownMenuRadioItem>
        );
      })}
    </DropdownMenuRadioGroup>
  );
}
