import { readFileSync } from 'node:fs';
import { type Manifest, manifest } from '@/lib/contracts/own-jobs';

/** Reads a manifest. @throws if the file is missing or no manifest */
export const readManifest = (path: string): Manifest => manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
