import { describe, expect, it } from 'vitest';
import { diffSchemas, findDrift } from './diff';

const schema = (fields: string) => `
datasource db {
  provider = "postgresql"
}
model Thing {
  id Int @id
  ${fields}
  @@map("thing")
}`;

describe('comparing schemas without a database', () => {
  it('finds that schema.prisma and the migrations agree', async () => {
    expect(await findDrift()).toBe('');
  });

  it('writes the whole schema for an empty database', async () => {
    expect(await diffSchemas(null, schema('name String'))).toContain('CREATE TABLE "thing"');
  });

  it('writes only what changed', async () => {
    const sql = await diffSchemas(schema('name String'), schema('name String\n  size Int?'));
    expect(sql).toContain('ALTER TABLE "thing" ADD COLUMN');
    expect(sql).not.toContain('CREATE TABLE');
  });

  it('ignores differences that do not change the tables', async () => {
    expect(await diffSchemas(schema('name String'), schema('/// shown in lists\n  name String'))).toBe('');
  });

  it('names what is wrong in a schema', async () => {
    await expect(diffSchemas(null, schema('name Strong'))).rejects.toThrow(/Strong/);
  });
});
