import { type ClassValue, clsx } from 'clsx';
import { createTailwindMerge } from 'tailwind-merge';
import { CLASS_GROUPS, REPLACED } from './class-groups';

const merge = createTailwindMerge(() => ({
  cacheSize: 500,
  theme: {},
  classGroups: CLASS_GROUPS,
  conflictingClassGroups: REPLACED,
  conflictingClassGroupModifiers: {},
  orderSensitiveModifiers: ['*', '**', 'after', 'before', 'first-letter', 'first-line', 'marker', 'placeholder'],
}));

/** Joins class names. A later Tailwind utility overrides an earlier one of the same kind. */
export const cn = (...inputs: ClassValue[]): string => merge(clsx(inputs));
