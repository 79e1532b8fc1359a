'use client';

import { useEffect, useState } from 'react';

export interface Palette {
  /** colour by matrix code */
  codes: string[];
  surface: string;
  ink: string;
  accent: string;
}

const NAMES = ['pending', 'active', 'completed', 'failed', 'cancelled', 'delayed'];

function read(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    codes: NAMES.map((name) => colour(`--status-${name}`)),
    surface: colour('--surface'),
    ink: colour('--ink'),
    accent: colour('--accent'),
  };
}

/** The theme's colours for a canvas, renewed when the theme changes. */
export function usePalette(): Palette | null {
  const [palette, setPalette] = useState<Palette | null>(null);
  useEffect(() => {
    const root = document.documentElement;
    const renew = (): void => setPalette(read(root));
    renew();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', renew);
    const observer = new MutationObserver(renew);
    observer.observe(root, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
    return () => {
      dark.removeEventListener('change', renew);
      observer.disconnect();
    };
  }, []);
  return palette;
}
