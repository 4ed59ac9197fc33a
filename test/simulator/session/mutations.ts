/** Texts that somebody might have typed: real scenarios with tokens and lines lost, doubled, swapped or made absurd. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';

function textsIn(folder: URL): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.walk'));
  return names.sort().map((name) => readFileSync(new URL(name, folder), 'utf8'));
}

export const examples = textsIn(new URL('../../../examples/', import.meta.url));

/** The common part with one test each: these call the kernels' own functions. */
export const cases = ['vm-region', 'haiku', 'lunaix'].flatMap((kernel) =>
  textsIn(new URL(`../../conformance/${kernel}/`, import.meta.url)).flatMap((text) => {
    const [common = '', ...tests] = text.split(/^(?=test ")/m);
    return tests.map((test) => common + test);
  }),
);

/** The same bad input for every run, unless the environment asks for other or for more. */
export const sample = {
  seed: Number(process.env['FUZZ_SEED'] ?? 29),
  runs: (usual: number): number => Number(process.env['FUZZ_RUNS'] ?? usual),
};

/** Blanks and comments are tokens as well, so that joining them gives the text again. */
const token = /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|[A-Za-z_][\w-]*|\d\w*|\s+|[^]/g;

const absurd = [
  '0',
  '1',
  '-1',
  '4095',
  '4097',
  '0xffff_ffff',
  '0x1_0000_0000',
  '0x7fff_ffff_f000',
  '0xffff_8000_0000_0000',
  '9223372036854775808',
  '18446744073709551615',
  '1GiB',
  '999999GiB',
  '100000 pages',
  '9999999s',
  'none',
  'true',
  '"text"',
  '(9,9)',
  '(0,0,99)',
  '[]',
  '{}',
  'rwx',
  'kernel',
  'shell',
  'f(1)',
] as const;

interface Mutation {
  readonly what: 'delete' | 'double' | 'swap' | 'replace' | 'nest';
  readonly unit: 'token' | 'number' | 'line';
  readonly at: number;
  readonly other: number;
  readonly text: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  what: fc.constantFrom('delete' as const, 'double' as const, 'swap' as const, 'replace' as const, 'nest' as const),
  unit: fc.constantFrom('token' as const, 'number' as const, 'number' as const, 'line' as const),
  at: fc.nat(),
  other: fc.nat(),
  text: fc.constantFrom(...absurd),
});

/** Numbers made absurd and nothing else: most of these texts run. */
const numberMutation: fc.Arbitrary<Mutation> = fc.record({
  what: fc.constant('replace' as const),
  unit: fc.constant('number' as const),
  at: fc.nat(),
  other: fc.nat(),
  text: fc.oneof(
    fc.constantFrom(...absurd.filter((text) => /^\d/.test(text))),
    fc.nat(20).map(String),
    fc.nat(64).map((pages) => `0x${(pages * 4096).toString(16)}`),
    fc.integer({ min: 0, max: 47 }).map((bit) => `0x${(2 ** bit).toString(16)}`),
  ),
});

/** Positions of tokens that mean something, or of numbers among them: those break fewer rules of the language. */
function places(parts: readonly string[], unit: Mutation['unit']): number[] {
  if (unit === 'line') return [...parts.keys()];
  const isWanted = (part: string): boolean => (unit === 'number' ? /^\d/.test(part) : !/^(\s|\/[/*])/.test(part));
  return parts.flatMap((part, index) => (isWanted(part) ? [index] : []));
}

function apply(text: string, { what, unit, at, other, text: absurdity }: Mutation): string {
  const parts = unit === 'line' ? text.split(/(?<=\n)/) : (text.match(token) ?? []);
  const all = places(parts, unit);
  const one = all[at % Math.max(1, all.length)];
  const two = all[other % Math.max(1, all.length)];
  if (one === undefined || two === undefined) return text;
  const [first, second] = [parts[one] as string, parts[two] as string];
  const change = (index: number, part: string): string[] => parts.map((old, place) => (place === index ? part : old));
  switch (what) {
    case 'delete':
      return change(one, '').join('');
    case 'double':
      return change(one, unit === 'line' ? first + first : `${first} ${first}`).join('');
    case 'swap':
      return parts.map((part, place) => (place === one ? second : place === two ? first : part)).join('');
    case 'replace':
      return change(one, unit === 'line' ? second : absurdity).join('');
    case 'nest':
      return unit === 'line'
        ? change(one, `${'repeat 2 { '.repeat(other % 12)}${first}${' }'.repeat(other % 12)}`).join('')
        : change(one, `${'('.repeat(other % 40)}${first}${')'.repeat(other % 40)}`).join('');
  }
}

export function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...texts),
      fc.oneof(
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        fc.array(numberMutation, { minLength: 1, maxLength: 3 }),
      ),
    )
    .map(([text, mutations]) => mutations.reduce(apply, text));
}
