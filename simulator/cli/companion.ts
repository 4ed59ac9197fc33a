/** Other programs of the package: their bundles beside the command line's own, or their sources in a checkout. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = fileURLToPath(import.meta.url);
const isBundled = here.endsWith('.mjs');

/** `bundle` is the name in dist/, `source` the path in the checkout. */
export function companionUrl(bundle: string, source: string): string {
  const file = isBundled ? path.join(path.dirname(here), bundle) : path.join(checkout(), source);
  return pathToFileURL(file).href;
}

/** The package's root: above dist/ or above simulator/cli/. */
export function checkout(): string {
  return path.resolve(path.dirname(here), isBundled ? '..' : '../..');
}

export function checkoutFile(source: string): string | null {
  const file = path.join(checkout(), source);
  return existsSync(file) ? file : null;
}
