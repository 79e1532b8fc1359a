import { Monitor, Moon, Sun } from 'lucide-react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_LOOK = {
  system: { icon: Monitor, word: 'As the system' },
  light: { icon: Sun, word: 'Light' },
  dark: { icon: Moon, word: 'Dark' },
};

/** The server reads it to render the right theme in the first response. */
export const THEME_COOKIE = 'batchyard-theme';

export const asTheme = (value: string | undefined): Theme => (value === 'light' || value === 'dark' ? value : 'system');
