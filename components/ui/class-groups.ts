import type { Config } from 'tailwind-merge';

type Groups = Config<string, string>['classGroups'];
type Definition = Groups[string];

const any = (): boolean => true;
const arbitrary = (value: string): boolean => value.startsWith('[');
const number = (value: string): boolean => /^\d/.test(value);

/** Utilities that take any value: `gap-x-2` is of the group `gap-x`. */
const valued = (...names: string[]): Groups =>
  Object.fromEntries(names.map((name) => [name, [{ [name]: [any] }] as Definition]));

/**
 * The groups of Tailwind utilities that this dashboard uses, of which a later one replaces an earlier one. The library's
 * own list has all of Tailwind and is four times as long; a test compares both with all classes of the sources.
 */
export const CLASS_GROUPS: Groups = {
  ...valued('gap', 'gap-x', 'gap-y', 'size', 'w', 'h', 'min-w', 'min-h', 'max-w', 'max-h', 'basis', 'order'),
  ...valued('p', 'px', 'py', 'pt', 'pr', 'pb', 'pl', 'm', 'mx', 'my', 'mt', 'mr', 'mb', 'ml'),
  ...valued('inset', 'inset-x', 'inset-y', 'top', 'right', 'bottom', 'left', 'z', 'opacity', 'cursor', 'leading'),
  ...valued('grid-cols', 'grid-rows', 'grid-flow', 'auto-cols', 'row-start', 'col-start', 'line-clamp'),
  ...valued(
    'tracking',
    'transition',
    'duration',
    'animate',
    'rotate',
    'select',
    'pointer-events',
    'touch',
    'whitespace',
  ),
  ...valued('overflow', 'overflow-x', 'overflow-y', 'overscroll', 'accent', 'fill', 'stroke', 'scroll-pt'),
  ...valued('space-y', 'border-spacing', 'underline-offset', 'translate-x', 'translate-y'),
  ...valued('rounded-t', 'rounded-b', 'rounded-l', 'rounded-r'),
  rounded: [{ rounded: ['', any] }],
  'divide-y': [{ 'divide-y': ['', any] }],
  ring: ['ring'],
  shadow: [{ shadow: [arbitrary] }],
  'shadow-color': [{ shadow: [any] }],
  'col-span': [{ col: [{ span: [any] }] }],
  container: ['@container'],
  display: ['block', 'inline-block', 'inline-flex', 'flex', 'grid', 'contents', 'hidden', 'table'],
  position: ['static', 'absolute', 'fixed', 'relative', 'sticky'],
  visibility: ['visible', 'invisible'],
  sr: ['sr-only', 'not-sr-only'],
  flex: [{ flex: ['none', number, arbitrary] }],
  'flex-direction': [{ flex: ['row', 'col'] }],
  'flex-wrap': [{ flex: ['wrap'] }],
  grow: ['grow'],
  shrink: [{ shrink: ['', number] }],
  resize: [{ resize: ['', 'y'] }],
  'align-content': [{ content: ['center'] }],
  'justify-content': [{ justify: ['start', 'center', 'end', 'between'] }],
  'justify-items': [{ 'justify-items': [any] }],
  'align-items': [{ items: [any] }],
  'align-self': [{ self: [any] }],
  'place-items': [{ 'place-items': [any] }],
  'vertical-align': [{ align: [any] }],
  'table-layout': [{ table: ['fixed'] }],
  'border-collapse': [{ border: ['collapse', 'separate'] }],
  'border-style': [{ border: ['dashed'] }],
  'border-w': [{ border: ['', number] }],
  'border-w-t': [{ 'border-t': ['', number] }],
  'border-w-r': [{ 'border-r': ['', number] }],
  'border-w-b': [{ 'border-b': ['', number] }],
  'border-color': [{ border: [any] }],
  'bg-color': [{ bg: [any] }],
  'outline-style': [{ outline: ['none', 'dashed'] }],
  'outline-offset': [{ 'outline-offset': [any] }],
  'outline-w': [{ outline: ['', number] }],
  'outline-color': [{ outline: [any] }],
  'font-size': [{ text: ['2xs', 'xs', 'sm', 'base', 'lg', 'xl', '2xl'] }],
  'font-style': ['italic'],
  'font-weight': [{ font: ['normal', 'medium', 'semibold'] }],
  'font-family': [{ font: ['sans', 'mono'] }],
  'fvn-spacing': ['tabular-nums'],
  'text-alignment': [{ text: ['left', 'center', 'right'] }],
  'text-wrap': [{ text: ['balance'] }],
  'text-color': [{ text: [any] }],
  'text-overflow': ['truncate'],
  'text-transform': ['uppercase'],
  'text-decoration': ['underline'],
  'text-decoration-style': [{ decoration: ['wavy'] }],
  'text-decoration-thickness': [{ decoration: [number] }],
  'text-decoration-color': [{ decoration: [any] }],
  'list-style-type': [{ list: ['none', 'disc', 'decimal'] }],
  'object-fit': [{ object: ['contain'] }],
  appearance: [{ appearance: [any] }],
  filter: ['filter'],
  transform: ['transform'],
};

/** What a group replaces besides itself: `p-2` comes after `px-1`, and nothing is left of that. */
export const REPLACED: Readonly<Record<string, readonly string[]>> = {
  overflow: ['overflow-x', 'overflow-y'],
  inset: ['inset-x', 'inset-y', 'top', 'right', 'bottom', 'left'],
  'inset-x': ['right', 'left'],
  'inset-y': ['top', 'bottom'],
  flex: ['basis', 'grow', 'shrink'],
  gap: ['gap-x', 'gap-y'],
  p: ['px', 'py', 'pt', 'pr', 'pb', 'pl'],
  px: ['pr', 'pl'],
  py: ['pt', 'pb'],
  m: ['mx', 'my', 'mt', 'mr', 'mb', 'ml'],
  mx: ['mr', 'ml'],
  my: ['mt', 'mb'],
  size: ['w', 'h'],
  'font-size': ['leading'],
  'line-clamp': ['display', 'overflow'],
  rounded: ['rounded-t', 'rounded-b', 'rounded-l', 'rounded-r'],
  'border-w': ['border-w-t', 'border-w-r', 'border-w-b'],
};
