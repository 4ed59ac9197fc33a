/** Changes of the code, by hand, each of which a test must notice. */
import { globSync } from 'node:fs';
import { root } from '../tools/paths.ts';

export interface Patch {
  readonly name: string;
  /** A pattern of one file. */
  readonly file: string;
  /** Stands in the file once. */
  readonly from: string;
  readonly to: string;
  /** The files of tests that are to notice it. */
  readonly tests: readonly string[];
}

const moves = 'simulator/session/**';
const sessionTests = 'test/simulator/session';
const almosTests = 'test/simulator/kernels/almos-mkh';

export const patches: readonly Patch[] = [
  {
    name: 'step out stops in whatever activity comes first',
    file: `${moves}/step-origin.ts`,
    from: 'return frame !== null && !isWithin(top, frame) && sharesActivity(top, frame);',
    to: 'return frame !== null && !isWithin(top, frame);',
    tests: [`${sessionTests}/stepping.test.ts`],
  },
  {
    name: 'a line breakpoint stops in any file',
    file: `${moves}/stop.ts`,
    from: ' && (one.file ?? file) === file',
    to: '',
    tests: [`${sessionTests}/stepping.test.ts`],
  },
  {
    name: 'a micro-step back from step 2 goes to the beginning of the statement',
    file: `${moves}/last-stops.ts`,
    from: "if (kind === 'continue' || kind === 'instruction') return this.any;",
    to: "if (kind === 'instruction') return this.boundary; if (kind === 'continue') return this.any;",
    tests: [`${sessionTests}/backwards.test.ts`],
  },
  {
    name: 'haiku SF17e forgets what was written while the page was busy',
    file: 'simulator/kernels/haiku/**/soft-fault.ts',
    from: 'restoreState(here, source, prior);',
    to: 'here.kernel.pages.late_dirty[source] = 0; restoreState(here, source, prior);',
    tests: ['test/simulator/kernels/haiku/races.test.ts'],
  },
  {
    name: 'haiku SF22 forgets what was written while the page was busy',
    file: 'simulator/kernels/haiku/**/soft-fault.ts',
    from: "  yield* removeDummy(here, fault);\n  if (here.step('SF22')) yield;\n  restoreState(here, page, prior);",
    to: "  yield* removeDummy(here, fault);\n  if (here.step('SF22')) yield;\n  here.kernel.pages.late_dirty[page] = 0; restoreState(here, page, prior);",
    tests: ['test/simulator/kernels/haiku/races.test.ts'],
  },
  {
    name: 'an RPC queue of almos-mkh takes one request too many',
    file: 'simulator/kernels/almos-mkh/**/rpc.ts',
    from: 'fifo.queue.length >= CONFIG_RPC_FIFO_DEPTH',
    to: 'fifo.queue.length > CONFIG_RPC_FIFO_DEPTH',
    tests: [`${almosTests}/rules.test.ts`],
  },
  {
    name: 'a client of almos-mkh goes on while the RPC queue is still full',
    file: 'simulator/kernels/almos-mkh/**/rpc.ts',
    from: 'fifo.queue.length < CONFIG_RPC_FIFO_DEPTH',
    to: 'fifo.queue.length <= CONFIG_RPC_FIFO_DEPTH',
    tests: [`${almosTests}/rules.test.ts`],
  },
  {
    name: 'vmm_get_pte leaves the other copies of the table as they were',
    file: 'simulator/kernels/almos-mkh/**/get-pte.ts',
    from: 'yield* vmm_global_update_pte(here, { process, vpn, attr: newAttr, ppn: newPpn });',
    to: '',
    tests: [`${almosTests}/*.test.ts`, 'test/conformance/conformance.test.ts'],
  },
  {
    name: 'why tells what other processes did at the same address',
    file: 'simulator/inspect/**/why.ts',
    from: 'fields.root === root && vpn >= fields.vpn',
    to: 'vpn >= fields.vpn',
    tests: ['test/simulator/inspect/*.test.ts'],
  },
  {
    name: 'why tells the first event of an episode twice',
    file: 'simulator/inspect/**/why.ts',
    from: 'isEntry(event) && !episode.includes(event)',
    to: 'isEntry(event)',
    tests: ['test/simulator/inspect/*.test.ts'],
  },
  {
    name: 'after a seek the history tells what has not happened yet',
    file: 'simulator/inspect/**/history.ts',
    from: 'this.events.filter((event) => event.id < world.machine.trace.sequence)',
    to: 'this.events',
    tests: ['test/simulator/inspect/*.test.ts'],
  },
  {
    name: 'the history keeps what was taken back, and tells it twice',
    file: 'simulator/inspect/**/history.ts',
    from: 'if (last !== undefined && last.id >= first.id) kept = kept.filter((event) => event.id < first.id);',
    to: '',
    tests: ['test/simulator/inspect/*.test.ts'],
  },
  {
    name: 'a flush of the TLB remembers one size of global pages only',
    file: 'simulator/hardware/**/tlb.ts',
    from: 'sizes |= 1 << ((key',
    to: 'sizes = 1 << ((key',
    tests: ['test/simulator/hardware/tlb.test.ts'],
  },
];

/** The file that a patch is for, below the root. */
export function fileOf({ name, file }: Patch): string {
  const files = globSync(file, { cwd: root });
  if (files.length !== 1)
    throw new Error(`the patch "${name}" is for ${file}, of which there are ${String(files.length)}`);
  return files[0] as string;
}
