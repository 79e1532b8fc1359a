import { type ClassValue, clsx } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({
  extend: { classGroups: { 'font-size': [{ text: ['2xs', 'xs', 'sm', 'base', 'lg', 'xl', '2xl'] }] } },
});

/** Joins class names. A later Tailwind utility overrides an earlier one of the same kind. */
export const cn = (...inputs: ClassValue[]): string => merge(clsx(inputs));
