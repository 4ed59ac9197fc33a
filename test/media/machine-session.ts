/** A stopped simulation in this process, which answers panels as a debug session would. */
import type { Request } from '../../media/protocol/messages.ts';
import { Inspector } from '../../simulator/inspect/requests.ts';
import type { ProcessObject } from '../../simulator/kernels/kernel.ts';
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
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

  readonly handle = (request: Request): Promise<unknown> =>
    // As over the wire: plain data.
    Promise.resolve(JSON.parse(JSON.stringify(this.inspector.answer(request.command, request.args))) as unknown);
}
