// Functions called by their names, with anything at all: they end in an error or a panic of the kernel's, never of ours.
import { strict as assert } from 'node:assert';
import type { FunctionInfo, ValueType } from '../../../../simulator/execution/function-info.ts';
import { almosMkh } from '../../../../simulator/kernels/almos-mkh/kernel.ts';
import { parseScenario } from '../../../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../../../simulator/session/moves/simulation.ts';

const ROUNDS = 120;
const MOST_STATEMENTS = 10_000;

const words = {
  integer: ['0', '1', '2', '3', '5', '9', '10', '16', '32', '33', '-1', '0x10', '0x99', '256', '0x1000', '0x100000000', '0x20000000000001', '0xffffffffffffffff', '-9223372036854775808'],
  address: ['0', '0x4000', '0x8000', 'P.code', 'P.data', 'P.data + 0x1000', 'P.stack', 'a', 'a + 0x3000', 'b', 'f', 'r', '0x20000000', '0xbffff000', '0xc0000000', '0xfffff000', '0x100000000', '-4096', '0x402010'],
  vpn: ['0', '4', '8', '0x400', '0x402', '0x403', '0x2000', '0x2008', '0xc00ff', '0xc0001', '0xfffff', '0x100000', '-1', '0x200000000', 'a / 4096', 'f / 4096', 'r / 4096', '0x20000'],
  ppn: ['0', '4', '8', '0x100', '0x101', '0x102', '0x105', '0x1000100', '0x1000101', '0x9900100', '0xfffffff', '-1', '0x10000000', 'pte(a).ppn', 'pte(P.code).ppn', 'pte(f).ppn', '0x200'],
  size: ['0', '1', '4095', '0x1000', '0x2000', '0x1800', '0x200000', '0x40000000', '0x100000000', '-4096', '0xffffffffffffffff'],
  boolean: ['true', 'false'],
  string: ['"/f"', '"/bin/P"', '"x"', '""'],
  place: ['(0,0)', '(1,0)', '(0,1)', '(1,1)'],
  process: ['P', 'Q', 'C'],
  thread: ['P', 'T', 'Q', 'C'],
  flags: ['0', '1', '8', '0x6f', '0x467', '0x77', '0x65', '0xffff', '0x1000'],
  enumeration: ['0', '1', '2', '3', '4', '5', '10', '11', '12', '99', '-1'],
  gpt: ['P.vmm.gpt', 'Q.vmm.gpt', 'C.vmm.gpt'],
  vseg: ['P.vmm.vsegs_root[0]', 'P.vmm.vsegs_root[3]', 'P.vmm.vsegs_root[5]', 'P.vmm.vsegs_root[7]', 'Q.vmm.vsegs_root[4]', 'C.vmm.vsegs_root[5]', 'k'],
  mapper: ['P.vfs_bin_xp', 'P.vmm.vsegs_root[7].mapper_xp', 'none'],
} as const; // prettier-ignore

/** Who goes on afterwards, with what is left. */
const afterwards = [
  'as P { write(a, 3) }', 'as T { read(P.data) write(b, 2) }', 'as C { write(a, 1) write(f, 1) }', 'as P { munmap(a, 0x2000) }',
  'as P { exit() }', 'as C { exit() }', 'as Q { let z = mmap(0x1000, rw) write(z, 1) exit() }', 'as P { fork() }',
  'as T { thread_exit() }', 'as Q { exec("/bin/Q") read(Q.code) }', 'dump P',
]; // prettier-ignore

const scene = `kernel almos-mkh
file "/f" at (0,1) { size 12KiB  fill 7 }
process P { code 2 pages  data 4 pages }
process Q at (0,1) { code 1 pages  data 1 pages }
thread T of P at (1,0)
as P {
    let a = mmap(0x4000, rw)
    let f = mmap(0x3000, rw, kind: shared, file: "/f")
    let r = mmap(0x1000, rw, kind: remote, cluster: (1,1))
    write(a, 1) read(P.data) fetch(P.code) write(f, 2)
}
as T { read(a) write(P.stack + 0x1000, 1) write(r, 2)  let b = mmap(0x2000, rw)  write(b, 1) }
as P { let C = fork(at: (1,1)) }
let k = vmm_create_vseg(process: kernel.process_zero, type: KDEV, base: 0x20000000, size: 0x2000)
`;

class Dice {
  private state: number;
  constructor(seed: number) {
    this.state = seed;
  }
  below(n: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * n);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

function wordFor(dice: Dice, type: ValueType): string {
  if (type.kind === 'record')
    return `{ ${type.fields.map((field) => `${field.name}: ${wordFor(dice, field.type)}`).join(', ')} }`;
  const kind = type.kind === 'object' ? type.type : type.kind === 'cluster' ? 'place' : type.kind;
  return dice.pick(kind in words ? words[kind as keyof typeof words] : words.integer);
}

function callOf(dice: Dice, { name, parameters }: FunctionInfo): string {
  const given = parameters.filter(
    (parameter) => !((parameter.optional ?? 'default' in parameter) && dice.below(3) === 0),
  );
  return `${name}(${given.map((parameter) => `${parameter.name}: ${wordFor(dice, parameter.type)}`).join(', ')})`;
}

function scriptOf(dice: Dice): string[] {
  const calls = Array.from({ length: 1 + dice.below(4) }, () => {
    const call = callOf(dice, dice.pick(almosMkh.functions).info);
    const who = dice.pick(['P', 'T', 'Q', 'C', null]);
    return who === null ? call : `as ${who} { ${call} }`;
  });
  return [...calls, ...Array.from({ length: 3 }, () => dice.pick(afterwards))];
}

/** What is wrong with us; nothing, if the kernel refuses or panics. */
function troubleOf(text: string): string | null {
  const { scenario, diagnostics } = parseScenario(text, 'calls.walk');
  if (scenario === null || diagnostics.some(({ severity }) => severity === 'error')) return null;
  const created = Simulation.create({ scenario, kernel: almosMkh, assets: {}, test: undefined });
  assert.ok('simulation' in created);
  const { simulation } = created;
  for (let statements = 0; statements < MOST_STATEMENTS; statements++) {
    const stop = simulation.advance({ kind: 'over' }, 3_000_000);
    if (stop.reason === 'budget') return 'it does not end';
    const { machine } = simulation.world;
    const isQuiet = simulation.position.step === 0 && machine.panic === null;
    const [violation] = isQuiet ? simulation.kernel.invariants() : [];
    const isOurs = simulation.world.script.overwrites.length === 0;
    if (violation !== undefined && isOurs) return `${violation.invariant} ${violation.message}`;
    if (stop.reason === 'end') break;
  }
  const ours = simulation.world.script.diagnostics.find(
    ({ code, message }) => code === 'WALK215' || /internal/.test(message),
  );
  return ours === undefined ? null : `${ours.code} ${ours.message}`;
}

const machines = {
  tsar: 'machine tsar { mesh 2x2  cores 2  memory 2MiB }\n',
  'x86-64': 'machine x86-64 { mesh 2x2  cores 2  memory 2MiB }\n',
};

describe('ALMOS-MKH: functions called by name with anything at all', () => {
  for (const [paging, machine] of Object.entries(machines))
    it(`end in an error or a panic of the kernel's, ${paging}`, () => {
      const dice = new Dice(407);
      for (let round = 0; round < ROUNDS; round++) {
        const script = scriptOf(dice).join('\n');
        assert.equal(troubleOf(machine + scene + script), null, script);
      }
    });
});
