/** A run of a scenario, with its timeline. */
export class ScenarioSession {
  readonly simulation: Simulation;
  readonly inspector: Inspector;

  constructor(kernel: Kernel, source: string) {
    const { scenario } = parseScenario(source, 'test.walk');
    assert.ok(scenario !== null);
    const again = (): Simulation => {
      const created = Simulation.create({ scenario, kernel, assets: {} });
      assert.ok('simulation' in created);
      return created.simulation;
    };
    this.simulation = again();
    this.inspector = new Inspector(this.simulation, again);
  }

  readonly handle = (request: Request): Promise<unknown> => answer(this.inspector, request);
}

/** As over the wire: plain data. */
function answer(inspector: Inspector, { command, args }: Request): Promise<unknown> {
  return Promise.resolve(JSON.parse(JSON.stringify(inspector.answer(command, args))) as unknown);
}

/** A stopped simulation in this process, which answers panels as a debug session would. */
import { strict as assert } from 'node:assert';
import type { Request } from '../../media/protocol/messages.ts';
import { Inspector } from '../../simulator/inspect/requests.ts';
import type { ProcessObject } from '../../simulator/kernels/kernel.ts';
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
import { parseScenario } from '../../simulator/language/parse-scenario.ts';
import { Simulation } from '../../simulator/session/moves/simulation.ts';
import { InspectedRun } from '../simulator/inspect/run.ts';

const PAGE = 4096;

export class MachineSession {
  readonly run: InspectedRun;
  readonly inspector: Inspector;
  readonly shell: ProcessObject;
  readonly buf: number;

  /** `shell` has written eight pages; where the kernel forks to other clusters, a child shares them. */
  constructor(kernel: Kernel, { forks = false, mesh = 0 } = {}) {
    const config = kernel.defaultConfig();
    const larger = { ...config, mesh: { width: mesh, height: mesh }, memoryBytes: 4 * 2 ** 20 };
    this.run = new InspectedRun(kernel, mesh === 0 ? config : larger);
    this.inspector = new Inspector(this.run);
    this.shell = this.run.process('shell', 2 * PAGE, 4 * PAGE);
    const main = this.run.main(this.shell);
    this.buf = this.run.mmap(main, 16 * PAGE);
    for (let page = 0; page < 8; page++) this.run.write(main, this.buf + page * PAGE);
    if (forks) this.run.fork(main, 2, 'child');
  }

  readonly handle = (request: Request): Promise<unknown> => answer(this.inspector, request);
}
