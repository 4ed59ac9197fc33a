import { fileURLToPath } from 'node:url';
import path from 'node:path';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const cacheFolder = path.join(root, '.cache');
export const screenshotsFolder = path.join(cacheFolder, 'screenshots');
