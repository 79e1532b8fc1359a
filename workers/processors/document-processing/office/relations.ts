import { posix } from 'node:path';
import { type Attributes, readXml } from '@/workers/processors/document-processing/xml';

export interface Relation {
  id: string;
  /** the last segment of its type, such as `header` */
  kind: string;
  /** the target part inside the archive */
  target: string;
}

/** Returns the path of the relationships file of an Office part. */
export const relationsOf = (part: string): string =>
  posix.join(posix.dirname(part), '_rels', `${posix.basename(part)}.rels`);

/** Returns the parts that an Office part references inside the archive, in file order. */
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
