import { strict as assert } from 'node:assert';
import { installSwitch, withSwitches } from './step-switches.ts';

/** A kernel function's body as a kernel's source has it, with what it calls. */
const source = `
export function* run(here, log) {
  if (here.step('1')) yield;
  log('one');
  const two = helper(log);
  if (two === 2) log('two');
  if (here.step('2')) yield;
  for (const round of [1, 2]) {
    if (here.step('3')) yield;
    log(\`three \${round}\`);
  }
  if (two > 1) {
    if (here.step('4')) yield;
  } else log('less');
  log('four');
  yield* inner(here, log);
  log('inner is over');
  if (here.step('6')) yield;
  return two;
}
function* inner(here, log) {
  if (here.step('5')) yield;
  log('five');
}
function helper(log) {
  log('helps');
  return 2;
}
`;

type Off = Readonly<Record<'label' | 'part' | 'place', string>>;

interface Run {
  readonly told: string[];
  readonly result: unknown;
}

async function run(off: Off | null): Promise<Run> {
  const switched = withSwitches('source.ts', source);
  assert.ok(switched !== null);
  assert.equal(switched.split('\n').length, source.split('\n').length, 'lines stay where they are');
  const module = (await import(`data:text/javascript,${encodeURIComponent(switched)}`)) as {
    run: (here: object, log: (text: string) => void) => Generator<void, unknown>;
  };
  installSwitch(
    (here, part, place) => off === null || here.label !== off.label || part !== off.part || place !== off.place,
  );
  const here = {
    label: '',
    info: { name: 'run' },
    step(label: string): boolean {
      this.label = label;
      return true;
    },
  };
  const told: string[] = [];
  const generator = module.run(here, (text) => told.push(text));
  for (;;) {
    const { done, value } = generator.next();
    if (done === true) return { told, result: value };
    told.push(`-- ${here.label}`);
  }
}

const without = async (label: string, part: string, place = 'run'): Promise<Run> => run({ label, part, place });

describe('steps that can be switched off', () => {
  const all = [
    '-- 1', 'one', 'helps', 'two', '-- 2', '-- 3', 'three 1', '-- 3', 'three 2', '-- 4', 'four', '-- 5', 'five',
    'inner is over', '-- 6',
  ]; // prettier-ignore

  it('all run while none is switched off', async () => {
    assert.deepEqual(await run(null), { told: all, result: 2 });
  });

  it('leave out their statements, and keep marks, values and the steps beside them', async () => {
    const { told, result } = await without('1', 'effects');
    assert.deepEqual(
      told,
      all.filter((text) => text !== 'one' && text !== 'two'),
    );
    assert.equal(result, 2);
    assert.deepEqual(
      (await without('3', 'effects')).told,
      all.filter((text) => !text.startsWith('three')),
    );
  });

  it('reach over the end of a block in which they are marked', async () => {
    assert.deepEqual(
      (await without('4', 'effects')).told,
      all.filter((text) => text !== 'four' && text !== '-- 5' && text !== 'five' && text !== 'inner is over'),
    );
  });

  it('belong to the source function that they stand in', async () => {
    assert.deepEqual(
      (await without('5', 'effects', 'inner')).told,
      all.filter((text) => text !== 'five'),
    );
    // What follows the call of a function with steps of its own stands under the last of these.
    assert.deepEqual(
      (await without('5', 'effects')).told,
      all.filter((text) => text !== 'inner is over'),
    );
  });

  it('leave out values alone, or what stands under them as a whole', async () => {
    const { told, result } = await without('1', 'values');
    assert.deepEqual(
      told,
      all.filter((text) => text !== 'helps' && text !== 'two' && text !== '-- 4').toSpliced(7, 0, 'less'),
    );
    assert.equal(result, undefined);
    assert.deepEqual(
      (await without('2', 'whole')).told,
      all.filter((text) => !['-- 3', 'three 1', 'three 2', '-- 4'].includes(text)),
    );
  });

  it('are not in a source that marks none', () => {
    assert.equal(withSwitches('source.ts', 'export function f(here) { if (here.ready) here.go(); }'), null);
  });
});
