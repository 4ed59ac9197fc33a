/** Puts the patch that the environment names into the source that it is for (`node --import`). */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { fileOf, patches } from './patches.ts';

const patch = patches.find(({ name }) => name === process.env['PAGEWALK_PATCH']);
if (patch === undefined) throw new Error('PAGEWALK_PATCH names no patch');
const { from, to } = patch;
const file = fileOf(patch);

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(`/${file}`)) return nextLoad(url, context);
    const source = readFileSync(fileURLToPath(url), 'utf8').replace(from, () => to);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});
