const graphemes = new Intl.Segmenter();
/** Hebrew, Arabic and their kin, and marks that turn the direction: cut in two, such a text reads in a wrong order. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * A text in two pieces, the second of at least `tail` characters: cut between what people see as characters. One that
 * runs from right to left stays whole.
 */
export function splitTail(text: string, tail: number): [start: string, end: string] {
  const wanted = text.length - tail;
  if (wanted <= 0 || RIGHT_TO_LEFT.test(text)) return [text, ''];
  const at = graphemes.segment(text).containing(wanted)?.index ?? wanted;
  return [text.slice(0, at), text.slice(at)];
}
