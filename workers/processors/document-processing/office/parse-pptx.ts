import { Archive } from '@/workers/processors/document-processing/archive';
import { Blocks, notRead, type Parse, type Remark } from '@/workers/processors/document-processing/parsed';
import { readXml } from '@/workers/processors/document-processing/xml';
import { officeText } from './office-text';
import { readRelations, relationsOf } from './relations';

const MAIN = 'ppt/presentation.xml';
const TITLES = new Set(['title', 'ctrTitle']);

/** Parses PPTX: the slides in order, each with its title, text, tables and notes. */
export const parsePptx: Parse = async (bytes) => {
  const archive = await Archive.open(bytes);
  const blocks = new Blocks();
  const lost: string[] = [];
  const slides = await slidesOf(archive);
  for (const slide of slides) await readSlide(archive, slide, blocks, lost);
  const remarks: Remark[] = lost.length > 0 ? [notRead(lost)] : [];
  const title = blocks.list.find(({ heading }) => heading === 1)?.text;
  return { format: 'pptx', title, pages: slides.length, blocks: blocks.list, remarks };
};

async function slidesOf(archive: Archive): Promise<string[]> {
  const targets = new Map(
    (await readRelations(MAIN, await archive.read(relationsOf(MAIN)))).map(({ id, target }) => [id, target]),
  );
  const slides: string[] = [];
  await readXml(await archive.read(MAIN), {
    open: (name, attributes) => {
      const target = targets.get(attributes['r:id'] ?? '');
      if (name === 'sldId' && target) slides.push(target);
    },
  });
  return slides;
}

async function readSlide(archive: Archive, slide: string, blocks: Blocks, lost: string[]): Promise<void> {
  const shapes = await officeText(await archive.read(slide), 'sp');
  // The title comes first, wherever it is in the file.
  const isTitle = ({ role }: { role: string }) => TITLES.has(role);
  for (const { text } of shapes.filter(isTitle)) blocks.add(text, 1);
  for (const { text } of shapes.filter((shape) => !isTitle(shape))) blocks.add(text);
  for (const { kind, target } of await readRelations(slide, await archive.read(relationsOf(slide)))) {
    if (kind === 'notesSlide') await add('Notes: ', target, 'sp', true);
    else if (kind === 'diagramData') await add('', target, 'pt');
    else if (kind === 'comments') await add('Comment: ', target, 'cm');
    else if (kind === 'chart') lost.push('a chart');
    else if (kind === 'package' || kind === 'oleObject') lost.push(`an embedded file (${target.split('/').at(-1)})`);
    else if (kind === 'audio' || kind === 'video') lost.push(`a recording (${target.split('/').at(-1)})`);
  }

  async function add(prefix: string, part: string, group: string, bodyOnly = false) {
    const found = await officeText(await archive.read(part), group);
    const texts = found.filter(({ role }) => !bodyOnly || role !== 'sldImg').map(({ text }) => text);
    if (texts.length > 0) blocks.add(prefix + texts.join('\n'));
  }
}
