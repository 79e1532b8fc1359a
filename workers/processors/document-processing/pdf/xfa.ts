import { z } from 'zod';

/** A part of a form as pdf.js lays it out: everything in it comes from the file. */
interface Node {
  name?: string | undefined;
  value?: unknown;
  attributes?: Record<string, unknown> | null | undefined;
  children?: (Node | null)[] | null | undefined;
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    name: z.string().optional(),
    value: z.unknown().optional(),
    attributes: z.record(z.string(), z.unknown()).nullish(),
    children: z.array(node.nullable()).nullish(),
  }),
);

/** The printed text and the filled-in values of a page of an XFA form, one a line. */
export function xfaText(page: unknown): string {
  const lines: string[] = [];
  const walk = (part: Node | null) => {
    const text = part ? textOf(part) : undefined;
    if (typeof text === 'string' && text.trim() !== '') lines.push(text.trim());
    for (const child of part?.children ?? []) walk(child);
  };
  walk(node.safeParse(page).data ?? null);
  return lines.join('\n');
}

function textOf({ name, value, attributes }: Node): unknown {
  if (name === 'input') {
    const ticks = attributes?.type === 'checkbox' || attributes?.type === 'radio';
    return ticks && !attributes?.checked ? undefined : (attributes?.value ?? attributes?.xfaOn);
  }
  if (name === 'option') return attributes?.selected ? value : undefined;
  return attributes?.textContent ?? value;
}
