/** 4.1 to 4.4: the callbacks of the hash tables of regions and address spaces. */
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import type { Here, Steps } from './state.ts';

type Subject = Readonly<Partial<Record<'r' | 'a', unknown>>>;

/** `subject` is the specification's name of what has the id: `r` of a region, `a` of an address space. */
function hash(name: string, section: string, subject: 'r' | 'a', what: string) {
  return kernelFunction(
    {
      name,
      section,
      doc: `The bucket of ${what}: its id, or the given one where it is NULL, modulo the range; the id read as unsigned.`,
      parameters: [
        { name: subject, type: { kind: 'any' } },
        { name: 'id', type: { kind: 'integer' } },
        { name: 'range', type: { kind: 'integer' } },
      ],
      result: { kind: 'integer' },
      errors: [],
      steps: { 1: 'modulo' },
    },
    function* (here: Here, args: Subject & { id: number; range: number }): Steps<number> {
      if (here.step('1')) yield;
      const { id, range } = args;
      return range > 0 ? ((idOf(args[subject]) ?? id) >>> 0) % range : panic(here, 'no buckets');
    },
  );
}

function compare(name: string, section: string, subject: 'r' | 'a', what: string) {
  return kernelFunction(
    {
      name,
      section,
      doc: `0 if ${what} has that id, else -1.`,
      parameters: [
        { name: subject, type: { kind: 'any' } },
        { name: 'id', type: { kind: 'integer' } },
      ],
      result: { kind: 'integer' },
      errors: [],
      steps: { 1: 'compare' },
    },
    function* (here: Here, args: Subject & { id: number }): Steps<number> {
      if (here.step('1')) yield;
      return idOf(args[subject]) === args.id ? 0 : -1;
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

const region_compare = compare('region_compare', '4.1', 'r', 'a region');
const region_hash = hash('region_hash', '4.2', 'r', 'a region');
const aspace_compare = compare('aspace_compare', '4.3', 'a', 'an address space');
const aspace_hash = hash('aspace_hash', '4.4', 'a', 'an address space');

export const hashFunctions = [region_compare, region_hash, aspace_compare, aspace_hash];
