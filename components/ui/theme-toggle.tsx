'use client';

import { Button } from './button';
import { asDensity, DENSITIES, DENSITY_LOOK } from './density';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from './dropdown-menu';
import { asTheme, THEME_LOOK, THEMES, type Theme } from './theme';
import { applyDensity, useDensity } from './use-density';
import { applyTheme, useTheme } from './use-theme';

/** Chooses light, dark or system theme, and the row height. `initial` is the server's value of the cookie. */
export function ThemeToggle({ initial }: { initial: Theme }) {
  const theme = useTheme(initial);
  const { icon: Icon, word } = THEME_LOOK[theme];
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={`Theme: ${word.toLowerCase()}`}>
          <Icon />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuRadioGroup value={theme} onValueChange={(value) => applyTheme(asTheme(value))}>
          {THEMES.map((each) => {
            const { icon: EachIcon, word: eachWord } = THEME_LOOK[each];
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
        const { icon: Icon, word } = DENSITY_LOOK[each];
        return (
          <DropdownMenuRadioItem key={each} value={each}>
            <Icon /> {word}
          </DropdownMenuRadioItem>
        );
      })}
    </DropdownMenuRadioGroup>
  );
}
