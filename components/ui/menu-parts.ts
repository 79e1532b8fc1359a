import type * as Radix from 'radix-ui/dropdown-menu';
import { type ComponentProps, type ComponentType, createContext, use } from 'react';

export interface ItemProps extends ComponentProps<typeof Radix.Item> {
  danger?: boolean;
  /** one line under the label: what it does, or why it is disabled */
  hint?: string;
}

/** What a menu consists of. It comes with the menu, which is loaded when the pointer or the focus reaches a trigger. */
export interface MenuParts {
  Item: ComponentType<ItemProps>;
  RadioGroup: ComponentType<ComponentProps<typeof Radix.RadioGroup>>;
  RadioItem: ComponentType<ComponentProps<typeof Radix.RadioItem>>;
  CheckboxItem: ComponentType<ComponentProps<typeof Radix.CheckboxItem>>;
  Label: ComponentType<ComponentProps<typeof Radix.Label>>;
  Separator: ComponentType<ComponentProps<typeof Radix.Separator>>;
}

export const PartsContext = createContext<MenuParts | null>(null);

export function useParts(): MenuParts {
  const parts = use(PartsContext);
  if (!parts) throw new Error('The items of a menu need a DropdownMenuContent above them');
  return parts;
}
