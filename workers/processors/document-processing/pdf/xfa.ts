import { z } from 'zod';

/** An element of a form as pdf.js lays it out. All content comes from the file and is untrusted. */
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

/** Returns the printed text and the values of an XFA form page, one on each line. */
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
