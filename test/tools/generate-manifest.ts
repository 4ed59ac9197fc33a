// What package.json declares of kernels, machines and bounds, from the tables that the code itself reads.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'prettier';
import { presets } from '../../simulator/hardware/machine-config.ts';
import { kernels } from '../../simulator/kernels/registry.ts';
import { boundNames, boundTable, type BoundName, type Bounds } from '../../simulator/session/scenario/bounds.ts';
import { root } from './paths.ts';

type Json = Readonly<Record<string, unknown>>;
interface Manifest {
  contributes: {
    debuggers: {
      configurationAttributes: { launch: { properties: Record<string, Json> } };
      configurationSnippets: { body: Record<string, string> }[];
    }[];
    configuration: { properties: Record<string, Json> };
  };
}

const MiB = 2 ** 20;
const kernelNames = kernels.map(({ name }) => name);
/** A snippet's list of choices. */
const kernelChoice = /\|[^|]*\|/g;

/** The manifest's text with everything that tables decide. */
export async function manifestText(text: string): Promise<string> {
  const manifest = JSON.parse(text) as Manifest;
  const { debuggers, configuration } = manifest.contributes;
  for (const { configurationAttributes, configurationSnippets } of debuggers) {
    const { properties } = configurationAttributes.launch;
    properties['kernel'] = { ...properties['kernel'], enum: kernelNames };
    properties['machine'] = { ...properties['machine'], enum: Object.keys(presets) };
    properties['bounds'] = launchBounds();
    for (const { body } of configurationSnippets)
      for (const key of ['name', 'kernel'])
        if (body[key] !== undefined) body[key] = body[key].replaceAll(kernelChoice, `|${kernelNames.join(',')}|`);
  }
  const tested = configuration.properties['pagewalk.testing.kernels'];
  configuration.properties['pagewalk.testing.kernels'] = { ...tested, items: { type: 'string', enum: kernelNames } };
  const others = Object.entries(configuration.properties).filter(([name]) => !/^pagewalk\.(live|bounds)\./.test(name));
  configuration.properties = { ...Object.fromEntries(others), ...settings('bounds'), ...settings('live') };
  return format(JSON.stringify(manifest), { parser: 'json-stringify', printWidth: 80 });
}

function launchBounds(): Json {
  const entries = boundNames.map((name) => {
    const { unit, standard, subject, effect } = boundTable[name];
    const description = `${capital(subject)}${unit === 'bytes' ? ', in bytes' : ''}. ${effect}`;
    return [name, { type: 'integer', minimum: 1, default: standard, description }];
  });
  return {
    type: 'object',
    description: 'Bounds of this run. Those left out are the settings under pagewalk.bounds.',
    additionalProperties: false,
    properties: Object.fromEntries(entries) as Json,
  };
}

function settings(group: Bounds['setting']): Record<string, Json> {
  return Object.fromEntries(boundNames.map((name) => [`pagewalk.${group}.${name}`, setting(group, name)]));
}

function setting(group: Bounds['setting'], name: BoundName): Json {
  const { unit, standard, live, subject, effect } = boundTable[name];
  const value = group === 'live' ? live : standard;
  const what = `${capital(subject)}${unit === 'bytes' ? ', in MiB' : unit === 'seconds' ? ', in seconds' : ''}.`;
  const description = group === 'live' ? `While you type: ${what}` : `${what} ${effect}`;
  if (unit === 'count') return { type: 'integer', minimum: 1, default: value, description };
  return { type: 'number', exclusiveMinimum: 0, default: unit === 'bytes' ? value / MiB : value, description };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

if (import.meta.main) {
  const file = path.join(root, 'package.json');
  const before = await readFile(file, 'utf8');
  const after = await manifestText(before);
  if (after !== before) await writeFile(file, after);
}
