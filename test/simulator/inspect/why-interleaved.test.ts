/** Why a page is what it is, inside `parallel`: what followed from its own access, whoever else ran in between. */
import { strict as assert } from 'node:assert';
import type { Cause, PageModel } from '../../../simulator/inspect/models.ts';
import { Inspector } from '../../../simulator/inspect/requests.ts';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { runToEnd, simulationOfFile } from '../session/simulations.ts';

const SEEDS = 12;
const FIRST_BLOCK = 7;

/** Lines 7 and 8 are the blocks; `body` in line 5 makes what they touch. */
function fileOf(kernel: string, body: string, [one, other]: readonly [string, string], blocks: string): string {
  return `kernel ${kernel}
file "/f" { size 16KiB }
process p { code 1 page data 1 page }
thread t of p
${body}
${blocks} {
    ${one}
    ${other}
}
`;
}

function whyOf(
  text: string,
  process: string,
  address: string,
): { readonly page: PageModel; readonly why: readonly Cause[] } {
  const simulation = simulationOfFile(text);
  const inspector = new Inspector(simulation);
  inspector.answer('machine', {});
  runToEnd(simulation);
  assert.deepEqual(simulation.world.script.diagnostics, []);
  const start = simulation.bindings().get(address);
  assert.equal(typeof start, 'bigint');
  const page = inspector.answer('page', { process, vpn: Number(start) / 4096 }) as PageModel;
  return { page, why: page.why };
}

/** The chain without what another thread may add: waits, and the frames' numbers. */
function shapeOf(why: readonly Cause[]): string[] {
  return why
    .filter(({ event }) => event !== 'lock-wait')
    .map(({ event, line, text }) => `${String(line)} ${event} ${text.replaceAll(/0x[0-9a-f]+/g, 'X')}`);
}

const situations = [
  {
    what: 'a first touch beside one of the next page',
    body: 'as p { let a = mmap(4 pages, rw) write(a + 8KiB, 1) }',
    blocks: ['as p { write(a, 1) }', 'as t { write(a + 4KiB, 2) }'],
    process: 'p',
  },
  {
    what: 'a copy on write beside another one',
    body: 'as p { let a = mmap(4 pages, rw) write(a, 1) write(a + 4KiB, 1) let _c = fork() }',
    blocks: ['as p { write(a, 3) }', 'as t { write(a + 4KiB, 4) }'],
    process: 'p',
  },
  {
    what: 'a page of a file beside another one',
    body: 'as p { let a = mmap(4 pages, r, kind: shared, file: "/f") read(a + 8KiB) }',
    blocks: ['as p { read(a) }', 'as t { read(a + 4KiB) }'],
    process: 'p',
  },
] as const;

const remote = {
  what: 'a copy on write that another cluster resolves',
  body: 'as p { let a = mmap(4 pages, rw) write(a, 1) write(a + 4KiB, 1) let c = fork(at: (1,0)) }',
  blocks: ['as c { write(a, 3) }', 'as p { write(a + 4KiB, 4) }'],
  process: 'c',
} as const;

describe('why a page is what it is, in blocks that are interleaved', () => {
  for (const { name } of wholeKernels) {
    for (const { what, body, blocks, process } of name === 'almos-mkh' ? [...situations, remote] : situations) {
      it(`${what}: the chain of the same statements one after the other, on ${name}`, () => {
        const alone = whyOf(fileOf(name, body, blocks, 'if 1 == 1'), process, 'a');
        assert.ok(alone.why.length >= 3);
        for (let seed = 0; seed < SEEDS; seed++) {
          const { page, why } = whyOf(fileOf(name, body, blocks, `parallel seed ${String(seed)}`), process, 'a');
          assert.deepEqual(shapeOf(why), shapeOf(alone.why), `seed ${String(seed)}`);
          if (alone.why.at(-1)?.line !== FIRST_BLOCK) continue; // No fault: vm-region copies at the fork.
          const set = why.find(({ event, line }) => event === 'pte-set' && line === FIRST_BLOCK)?.text ?? '';
          assert.ok(set.includes(`frame 0x${(page.frame?.ppn ?? -1).toString(16)}`), set);
        }
      });
    }
  }
});
