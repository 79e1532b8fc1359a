import { env } from './env';

// Read when the process begins: a consumer goes to the folder of the yard before it runs any job.
const began = process.cwd();

/** The folder of the product: `npm start` starts every process there, and the package names it to programs of others. */
export const productFolder = (): string => env().PRODUCT_DIR ?? began;

/** Makes the yard's folder the working folder, where jobs expect their own files. */
export function enterYard(): void {
  const { YARD_DIR } = env();
  if (YARD_DIR) process.chdir(YARD_DIR);
}
