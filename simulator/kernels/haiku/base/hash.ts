/** 4.1 to 4.4: the callbacks of the hash tables of regions and address spaces. */
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import type { Here, Steps } from './state.ts';

function hash(name: string, section: string, what: string) {
  return kernelFunction(
    {
      name,
      section,
      doc: `The bucket of ${what}: its id, or the key where it is NULL, modulo the range; the key read as unsigned.`,
      parameters: [
        { name: 'r', type: { kind: 'any' } },
        { name: 'key', type: { kind: 'integer' } },
        { name: 'range', type: { kind: 'integer' } },
      ],
      result: { kind: 'integer' },
      errors: [],
      steps: { 1: 'modulo' },
    },
    function* (here: Here, { r, key, range }: { r: unknown; key: number; range: number }): Steps<number> {
      if (here.step('1')) yield;
      return range > 0 ? ((idOf(r) ?? key) >>> 0) % range : panic(here, 'no buckets');
    },
  );
}

function compare(name: string, section: string, what: string) {
  return kernelFunction(
    {
      name,
      section,
      doc: `0 if the id of ${what} is the key, else -1.`,
      parameters: [
        { name: 'r', type: { kind: 'any' } },
        { name: 'key', type: { kind: 'integer' } },
      ],
      result: { kind: 'integer' },
      errors: [],
      steps: { 1: 'compare' },
    },
    function* (here: Here, { r, key }: { r: unknown; key: number }): Steps<number> {
      if (here.step('1')) yield;
      return idOf(r) === key ? 0 : -1;
    },
  );
}

/** A region or an address space, as a scenario passes it; null for NULL. */
function idOf(value: unknown): number | null {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return null;
  const object = 'object' in value ? (value.object as { id?: number }) : (value as { id?: number });
  return object.id ?? null;
}

const region_compare = compare('region_compare', '4.1', 'a region');
const region_hash = hash('region_hash', '4.2', 'a region');
const aspace_compare = compare('aspace_compare', '4.3', 'an address space');
const aspace_hash = hash('aspace_hash', '4.4', 'an address space');

export const hashFunctions = [region_compare, region_hash, aspace_compare, aspace_hash];
