import { isAnswering } from './is-answering';

/** Work that takes longer is asked about: it may be large, or it may wait for a database that says nothing. */
const LOOK_EVERY_MS = 5000;

/** The database says nothing. What was asked of it may still be carried out once it speaks again. */
export class SilentDatabase extends Error {
  override name = 'SilentDatabase';
  readonly code = 'ETIMEDOUT';
}

/**
 * What `work` gives, however long it takes, as long as the database answers others meanwhile.
 * @throws SilentDatabase when it does not
 */
export async function whileAnswering<T>(work: Promise<T>): Promise<T> {
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const look = async () => {
      const answers = await isAnswering();
      if (over) return;
      if (!answers) reject(new SilentDatabase('the database does not answer'));
      else timer = setTimeout(look, LOOK_EVERY_MS);
    };
    timer = setTimeout(look, LOOK_EVERY_MS);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    over = true;
    clearTimeout(timer);
  }
}
