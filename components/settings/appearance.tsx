'use client';

import type { LucideIcon } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { DENSITIES, DENSITY_LOOK } from '@/components/ui/density';
import { Panel } from '@/components/ui/panel';
import { THEME_LOOK, THEMES, type Theme } from '@/components/ui/theme';
import { applyDensity, useDensity } from '@/components/ui/use-density';
import { applyTheme, useTheme } from '@/components/ui/use-theme';

interface ChoiceProps<T extends string> {
  legend: string;
  values: readonly T[];
  look: Record<T, { icon: LucideIcon; word: string }>;
  chosen: T;
  onChoose: (value: T) => void;
}

function Choice<T extends string>({ legend, values, look, chosen, onChoose }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium text-xs">{legend}</legend>
      <div className="flex flex-wrap gap-2">
        {values.map((value) => {
          const { icon: Icon, word } = look[value];
          return (
            <label
              key={value}
              className={cn(
                'flex h-9 cursor-pointer items-center gap-2 rounded-md border border-line-strong px-3 text-sm hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent [&_svg]:size-4 [&_svg]:text-muted',
                chosen === value && 'border-accent bg-selected',
              )}
            >
              <input
                type="radio"
                name={legend}
                value={value}
                checked={chosen === value}
                onChange={() => onChoose(value)}
                className="accent-accent"
              />
              <Icon aria-hidden="true" /> {word}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

/** The theme and the row height. Both are stored in this browser and take effect at once. */
export function Appearance({ theme: initial }: { theme: Theme }) {
  const theme = useTheme(initial);
  const density = useDensity();
  return (
    <Panel title="Appearance">
      <div className="flex flex-col gap-5">
        <Choice legend="Theme" values={THEMES} look={THEME_LOOK} chosen={theme} onChoose={applyTheme} />
        <div>
          <Choice
            legend="Rows of tables"
            values={DENSITIES}
            look={DENSITY_LOOK}
            chosen={density}
            onChoose={applyDensity}
          />
          <p className="mt-1.5 text-muted text-xs">On a phone, rows always have the height that touch needs.</p>
        </div>
      </div>
    </Panel>
  );
}
