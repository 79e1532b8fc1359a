/** The products that the journeys run against, and the settings that they expect there. */
export const PRODUCTS = ['embedded', 'redis'] as const;
export type ProductName = (typeof PRODUCTS)[number];

export interface Product {
  url: string;
  apiKey: string;
  email: string;
  password: string;
  /** for journeys that must break what the product itself never breaks */
  databaseUrl?: string | undefined;
  /** of the collector that the product reports to: `GET /spans` */
  collectorUrl?: string;
}

const variable = (name: ProductName) => `BATCHYARD_E2E_${name.toUpperCase()}`;

/** The set-up tells the test processes through their environment. */
export function announce(name: ProductName, product: Product): void {
  process.env[variable(name)] = JSON.stringify(product);
}

/** True when a developer names a running product, such as the one of `npm run dev`, in this variable. */
export const isAnnounced = (name: ProductName): boolean => Boolean(process.env[variable(name)]);

export function find(name: ProductName): Product {
  const setting = process.env[variable(name)];
  if (!setting) throw new Error(`The product "${name}" was not started for this run.`);
  return JSON.parse(setting) as Product;
}
