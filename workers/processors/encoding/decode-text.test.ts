import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { extract } from '@/workers/processors/document-processing/extract';

const bytes = (text: string) => Buffer.from(text);
const textOf = async (content: Uint8Array, name: string) =>
  (await extract(content, name)).blocks.map(({ text }) => text).join('\n\n');

describe('plain text', () => {
  it.each([
    ['utf-8', Buffer.from('Žluťoučký kůň\n\nskáče')],
    ['utf-8', Buffer.from('\ufeffŽluťoučký kůň\n\nskáče')],
    ['utf-16le', Buffer.from('\ufeffŽluťoučký kůň\n\nskáče', 'utf16le')],
    ['utf-16be', Buffer.from('\ufeffŽluťoučký kůň\n\nskáče', 'utf16le').swap16()],
  ])('is read as %s with certainty', async (encoding, content) => {
    const document = await extract(content, 'horse.txt');
    const blocks = [{ text: 'Žluťoučký kůň' }, { text: 'skáče' }];
    expect(document).toEqual({ format: 'text', blocks, encoding, remarks: [] });
  });

  it.each([
    ['windows-1252', 'Zoé paid 12 € to Müller – “fine”'],
    ['windows-1252', 'd\u00e9j\u00e0 vu'],
    ['windows-1252', 'naïve'],
    ['windows-1250', 'Dzień dobry, jak się masz? Wszystko w porządku, dziękuję bardzo.'],
    ['iso-8859-2', 'Příliš žluťoučký kůň úpěl ďábelské ódy. Šťastný den.'],
    ['windows-1251', 'Аренда квартир в Москве недорого'],
    ['ibm866', 'Привет, как дела? Это русский текст.'],
    ['koi8-r', 'Привет, как дела? Это русский текст.'],
    ['windows-1253', 'Καλημέρα κόσμε, τι κάνεις σήμερα;'],
    ['windows-1254', 'Bugün hava çok güzel, dışarı çıkıp yürüyüş yapmak istiyorum.'],
    ['windows-1255', 'שלום עולם מה שלומך היום'],
    ['windows-1256', 'مرحبا بالعالم كيف حالك اليوم'],
    ['windows-874', 'สวัสดีชาวโลก วันนี้อากาศดี'],
    ['macintosh', 'Le café est très agréable — déjà vu'],
    ['shift_jis', '吾輩は猫である。名前はまだ無い。'],
    ['euc-jp', '吾輩は猫である。名前はまだ無い。'],
    ['gb18030', '我能吞下玻璃而不伤身体。'],
    ['big5', '我能吞下玻璃而不傷身體。'],
    ['euc-kr', '안녕하세요 세계. 오늘은 좋은 날입니다.'],
    ['cp437', 'Das Mädchen trägt schöne Schuhe für 20'],
    ['utf-16le', 'Привет, как дела?\nЭто русский текст.'],
    ['utf-16be', '我能吞下玻璃而不伤身体。这是第二句话。'],
  ])('is detected as %s, and reported as an assumption', async (encoding, text) => {
    const content = iconv.encode(text, encoding);
    const document = await extract(content, 'a.txt');
    expect(document.blocks).toEqual([{ text }]);
    expect(document).toMatchObject({ encoding, remarks: [{ code: 'encoding-assumed' }] });
    expect(await extract(content, 'a.txt', { encoding })).toMatchObject({ encoding, remarks: [] });
  });

  it('is read in the encoding that a person names, and unreadable bytes are reported', async () => {
    const content = Buffer.from('d\xe9j\xe0 vu', 'latin1');
    expect(await extract(content, 'a.txt', { encoding: 'cp1251' })).toMatchObject({
      blocks: [{ text: 'dйjа vu' }],
      encoding: 'windows-1251',
    });
    expect(await extract(content, 'a.txt', { encoding: 'utf-8' })).toMatchObject({
      remarks: [{ code: 'unreadable-characters', message: expect.stringContaining('2 characters') }],
    });
  });

  it('is refused by name if it is EBCDIC', async () => {
    const ebcdic = Buffer.from('c885999695a2408199854093819987854086899788a2408995408189998261', 'hex');
    await expect(extract(ebcdic, 'a.txt')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('EBCDIC'),
    });
  });

  it('contains no character that Postgres refuses', async () => {
    expect(await textOf(Buffer.from('\ufeffone\u0000two', 'utf16le'), 'a.txt')).toBe('onetwo');
  });
});

describe('HTML', () => {
  it.each([
    [
      'after kilobytes of other things',
      (text: string) => `<html><head><!--${' '.repeat(5000)}--><meta charset=windows-1251></head><p>${text}`,
    ],
    [
      'in http-equiv',
      (text: string) => `<html><meta http-equiv="Content-Type" content="text/html; charset=cp1251"><p>${text}`,
    ],
    [
      'in an XML declaration',
      (text: string) => `<?xml version="1.0" encoding="windows-1251"?><html xmlns="x"><p>${text}</p></html>`,
    ],
  ])('is read in the encoding that it declares %s', async (_, page) => {
    const document = await extract(iconv.encode(page('Я'), 'windows-1251'), 'page.html');
    expect(document).toMatchObject({ format: 'html', blocks: [{ text: 'Я' }], encoding: 'windows-1251', remarks: [] });
  });

  it('ignores a declared encoding in a comment or a script', async () => {
    const page =
      '<html><!-- <meta charset="windows-1251"> --><script>x = "<meta charset=koi8-r>"</script><meta charset="utf-8"><p>naïve';
    const document = await extract(bytes(page), 'page.html');
    expect(document).toMatchObject({ blocks: [{ text: 'naïve' }], encoding: 'utf-8', remarks: [] });
  });

  it('is read in its real encoding if the declared one is wrong', async () => {
    const utf8 = await extract(bytes('<html><meta charset="iso-8859-1"><p>Žluťoučký kůň'), 'a.html');
    expect(utf8).toMatchObject({ blocks: [{ text: 'Žluťoučký kůň' }], encoding: 'utf-8' });
    const other = await extract(
      iconv.encode('<html><meta charset="utf-8"><p>Привет, как дела', 'windows-1251'),
      'a.html',
    );
    expect(other).toMatchObject({ blocks: [{ text: 'Привет, как дела' }], encoding: 'windows-1251' });
    expect(other.remarks).toMatchObject([{ code: 'encoding-assumed', message: expect.stringContaining('not utf-8') }]);
  });

  it('is recognized in UTF-16', async () => {
    const page = '<!doctype html><html><p>Kangaroos hop.';
    for (const mark of ['\ufeff', '']) {
      const { format, blocks } = await extract(Buffer.from(mark + page, 'utf16le'), 'page');
      expect({ format, blocks }).toEqual({ format: 'html', blocks: [{ text: 'Kangaroos hop.' }] });
    }
  });
});
