/** DOS code pages and UTF-32, which the WHATWG Encoding Standard does not define. */
const BESIDES = new Set(
  'cp437 cp720 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp869 utf-32le utf-32be'.split(
    ' ',
  ),
);

/** Common labels that the standard does not list. */
const ALIASES: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  cp936: 'gb18030',
  cp949: 'euc-kr',
  cp950: 'big5',
  cp874: 'windows-874',
  'koi8-t': 'koi8-r',
  maccyrillic: 'x-mac-cyrillic',
  macroman: 'macintosh',
};

/**
 * Returns the canonical name of a text encoding; undefined for an unknown label. As on the web, `latin1`, `cp1252` and
 * `iso-8859-1` all mean `windows-1252`.
 */
export function canonicalEncoding(label: string): string | undefined {
  const name = label
    .trim()
    .toLowerCase()
    .replace(/^(?:x-)?ibm-?(?=\d)/, 'cp');
  if (BESIDES.has(name)) return name;
  try {
    return new TextDecoder(ALIASES[name] ?? name).encoding;
  } catch {
    // The caller reports that the name is unknown.
    return undefined;
  }
}
