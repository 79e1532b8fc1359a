import type { PDFPageProxy } from 'pdfjs-dist/types/src/pdf';
import { z } from 'zod';

const words = z.object({ str: z.string() }).nullish();
/** A field or a note as pdf.js reports it. All values come from the file and are untrusted. */
const annotation = z.object({
  subtype: z.string().nullish(),
  hidden: z.boolean().nullish(),
  fieldType: z.string().nullish(),
  fieldName: z.string().nullish(),
  alternativeText: z.string().nullish(),
  fieldValue: z.unknown().optional(),
  password: z.boolean().nullish(),
  checkBox: z.boolean().nullish(),
  radioButton: z.boolean().nullish(),
  buttonValue: z.unknown().optional(),
  exportValue: z.unknown().optional(),
  options: z.array(z.object({ exportValue: z.unknown().optional(), displayValue: z.unknown().optional() })).nullish(),
  contentsObj: words,
  titleObj: words,
});

type Annotation = z.infer<typeof annotation>;

/** Returns the form values and annotations of a page: one text for the form, and one for each annotation. */
export async function annotationsOf(page: PDFPageProxy): Promise<string[]> {
  const found = (await page.getAnnotations()).flatMap((given) => annotation.safeParse(given).data ?? []);
  const fields = found.flatMap((one) => fieldOf(one) ?? []);
  const notes = found.flatMap((one) => noteOf(one) ?? []);
  return [[...new Set(fields)].join('\n'), ...new Set(notes)].filter((text) => text !== '');
}

function fieldOf(one: Annotation): string | undefined {
  if (one.subtype !== 'Widget' || one.hidden || one.password) return undefined;
  const value = one.fieldType === 'Btn' ? buttonOf(one) : valuesOf(one).join(', ');
  return value === undefined || value.trim() === '' ? undefined : `${labelOf(one)}${value.replace(/\r\n?/g, '\n')}`;
}

/** Returns the value of a checked box or radio button, or undefined if it is not checked. */
function buttonOf({ checkBox, radioButton, fieldValue, exportValue, buttonValue }: Annotation): string | undefined {
  if (typeof fieldValue !== 'string' || fieldValue === '' || fieldValue === 'Off') return undefined;
  if (checkBox) return fieldValue === exportValue || exportValue === undefined ? fieldValue : undefined;
  return radioButton && fieldValue === buttonValue ? fieldValue : undefined;
}

/** Returns the displayed label of a choice, not its export value. */
function valuesOf({ fieldValue, options }: Annotation): string[] {
  const values = (Array.isArray(fieldValue) ? fieldValue : [fieldValue]).filter((value) => typeof value === 'string');
  return values.map((value) => {
    const shown = options?.find(({ exportValue }) => exportValue === value)?.displayValue;
    return typeof shown === 'string' ? shown : value;
  });
}

/** Returns the visible name of a field. For generated names it is the last segment without its number. */
function labelOf({ alternativeText, fieldName }: Annotation): string {
  const label =
    alternativeText?.trim() ||
    fieldName
      ?.split('.')
      .at(-1)
      ?.replace(/\[\d+\]$/, '') ||
    '';
  return label === '' ? '' : `${label}: `;
}

/**
 * Annotations with text: notes, comments and text boxes. A link's text is on the page, and a popup repeats its note.
 */
function noteOf({ subtype, hidden, contentsObj, titleObj }: Annotation): string | undefined {
  if (subtype === 'Widget' || subtype === 'Link' || subtype === 'Popup' || hidden) return undefined;
  const text = contentsObj?.str.replace(/\r\n?/g, '\n').trim();
  if (!text) return undefined;
  const by = subtype === 'FreeText' ? '' : titleObj?.str.trim();
  return by ? `${by}: ${text}` : text;
}
