/** `pagewalk memory-image FILE -o OUT`: physical memory as it is, for a real MMU to walk. */
import { open, writeFile } from 'node:fs/promises';
import { clusterCount, clusterIndex, clusterX, clusterY, type MachineConfig } from '../hardware/machine-config.ts';
import type { Machine } from '../hardware/machine.ts';
import { clusterOfPpn, framesPerCluster, ppnAt, readBytes } from '../hardware/physical-memory.ts';
import { addressOfPpn, hex, PAGE_SIZE } from '../hardware/word.ts';
import { exitCodeOf, ExitCode } from '../session/scenario/outcome.ts';
import type { Simulation } from '../session/moves/simulation.ts';
import { withoutRepeats } from './format-diagnostic.ts';
import { InputError } from '../files/input-error.ts';
import { Guard } from './guard.ts';
import { load } from './load.ts';
import { boundsOf, type RunOptions } from './options.ts';
import { cannotWrite, checkOutputs } from './output-file.ts';
import { showProgress, writeDiagnostics, writeNote } from './output.ts';
import { simulate } from './simulate.ts';
import { untilLine } from './until.ts';

export interface MemoryImageFlags extends Omit<RunOptions, 'output'> {
  readonly until?: number;
  readonly cluster?: readonly [x: number, y: number];
  /** Path of the image. */
  readonly image: string;
}

/** Bytes that are read and written at once. */
const PART = 1 << 20;

export async function memoryImage(file: string, flags: MemoryImageFlags): Promise<ExitCode> {
  const guard = new Guard(boundsOf(flags));
  const { program, diagnostics, places } = await load(file, flags);
  const { image } = flags;
  await checkOutputs([image, `${image}.json`], places);
  if (program === null) return refuse(diagnostics);
  const until = flags.until === undefined ? null : untilLine(program.scenario, flags.until, program.replayer);
  const settings = { ...program, test: until?.test };
  const simulation = simulate(
    settings,
    guard,
    (running) => {
      showProgress(file, running);
    },
    { lines: until?.lines },
  );
  if ('diagnostics' in simulation) return refuse([...diagnostics, ...simulation.diagnostics]);
  const { machine, script } = simulation.world;
  const clusters = wantedClusters(file, machine.config, flags);
  await writeImage(machine, clusters, image);
  const description = `${JSON.stringify(describe(simulation, clusters), null, 2)}\n`;
  await writeFile(`${image}.json`, description).catch((error: unknown) => {
    throw cannotWrite(`${image}.json`, error);
  });
  const findings = withoutRepeats([...diagnostics, ...script.diagnostics]);
  writeDiagnostics(findings);
  writeNote(`${image} and ${image}.json written`);
  return exitCodeOf(findings);
}

function refuse(diagnostics: Parameters<typeof writeDiagnostics>[0]): ExitCode {
  writeDiagnostics(diagnostics);
  return ExitCode.badInput;
}

/** All of them, in the order of their addresses, unless one is named. */
function wantedClusters(file: string, config: MachineConfig, { cluster }: MemoryImageFlags): number[] {
  if (cluster === undefined) return Array.from({ length: clusterCount(config) }, (_, index) => index);
  const [x, y] = cluster;
  const { width, height } = config.mesh;
  if (x < width && y < height) return [clusterIndex(config, x, y)];
  const mesh = `${String(width)}x${String(height)}`;
  const last = `${String(width - 1)},${String(height - 1)}`;
  throw new InputError(
    file,
    `there is no cluster ${String(x)},${String(y)} in a mesh of ${mesh}; the last one is ${last}`,
  );
}

async function writeImage(machine: Machine, clusters: readonly number[], output: string): Promise<void> {
  const bytes = framesPerCluster(machine) * PAGE_SIZE;
  try {
    const image = await open(output, 'w');
    try {
      for (const cluster of clusters) {
        const base = addressOfPpn(ppnAt(machine, cluster, 0));
        for (let done = 0; done < bytes; done += PART) {
          await image.writeFile(readBytes(machine, base + done, Math.min(PART, bytes - done)));
        }
      }
    } finally {
      await image.close();
    }
  } catch (error) {
    throw cannotWrite(output, error);
  }
}

/** Where everything is in the image, and the roots of all page tables in it. */
function describe({ kernel, world }: Simulation, clusters: readonly number[]): object {
  const { machine } = world;
  const { config } = machine;
  const place = (cluster: number): [number, number] => [clusterX(config, cluster), clusterY(config, cluster)];
  const bytes = framesPerCluster(machine) * PAGE_SIZE;
  const living = kernel.processes().filter(({ alive }) => alive);
  return {
    version: 1,
    kernel: kernel.name,
    paging: config.paging,
    pageSize: PAGE_SIZE,
    clusters: clusters.map((cluster, index) => ({
      cluster: place(cluster),
      address: hex(addressOfPpn(ppnAt(machine, cluster, 0))),
      offset: index * bytes,
      bytes,
    })),
    processes: living.flatMap((process) =>
      kernel
        .tables(process)
        .filter(({ root }) => clusters.includes(clusterOfPpn(machine, root)))
        .map(({ cluster, root }) => ({
          name: process.name,
          pid: process.pid,
          cluster: place(cluster),
          root: hex(addressOfPpn(root)),
        })),
    ),
  };
}
