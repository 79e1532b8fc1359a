import { posix } from 'node:path';
import { type Attributes, readXml } from '@/workers/processors/document-processing/xml';

export interface Relation {
  id: string;
  /** the last word of its type, such as `header` */
  kind: string;
  /** the part it leads to, inside of the archive */
  target: string;
}

/** The path of the relations of a part of an Office document. */
export const relationsOf = (part: string): string =>
  posix.join(posix.dirname(part), '_rels', `${posix.basename(part)}.rels`);

/** What a part of an Office document refers to inside of it, in the order of its list. */
export async function readRelations(part: string, xml: Uint8Array | undefined): Promise<Relation[]> {
  const relations: Relation[] = [];
  await readXml(xml, {
    open: (name, { Id, Type, Target, TargetMode }: Attributes) => {
      if (name !== 'Relationship' || !Id || !Target || TargetMode === 'External') return;
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(posix.dirname(part), Target);
      relations.push({ id: Id, kind: Type?.split('/').at(-1) ?? '', target });
    },
  });
  return relations;
}
