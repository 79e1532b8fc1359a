import type pg from 'pg';

export interface Column {
  name: string;
  /** the oid of its type */
  type: number;
  /** the table column that it comes from, if any */
  from: { table: number; column: number } | undefined;
}

interface Wire {
  parse(statement: { text: string; name: string; types: number[] }): void;
  describe(what: { type: 'S'; name: string }): void;
  sync(): void;
}

/** Lets Postgres parse and describe a statement without running it. @returns its columns */
export function describeStatement(client: pg.Client, text: string): Promise<Column[]> {
  return new Promise((resolve, reject) => {
    let columns: Column[] = [];
    let failure: Error | undefined;
    const submittable = {
      submit(connection: unknown) {
        const wire = connection as Wire;
        wire.parse({ text, name: '', types: [] });
        wire.describe({ type: 'S', name: '' });
        wire.sync();
      },
      handleRowDescription({ fields }: { fields: pg.FieldDef[] }) {
        columns = fields.map(({ name, dataTypeID, tableID, columnID }) => ({
          name,
          type: dataTypeID,
          from: tableID ? { table: tableID, column: columnID } : undefined,
        }));
      },
      handleError(error: Error) {
        failure = error;
        reject(error);
      },
      handleReadyForQuery() {
        if (!failure) resolve(columns);
      },
    };
    client.query(submittable);
  });
}
