const graphemes = new Intl.Segmenter();

/** A text in two pieces, the second of at least `tail` characters: cut between what people see as characters. */
export function splitTail(text: string, tail: number): [start: string, end: string] {
  const wanted = text.length - tail;
  if (wanted <= 0) return ['', text];
  const at = graphemes.segment(text).containing(wanted)?.index ?? wanted;
  return [text.slice(0, at), text.slice(at)];
}
