/** The JSON state of a run: walk language section 11. Plain data, ready for JSON.stringify; without any effect. */
import { cycles } from '../hardware/core.ts';
import { addressBitsOf } from '../hardware/layouts/formats.ts';
import { clusterCount, clusterX, clusterY, coreCount, type MachineConfig } from '../hardware/machine-config.ts';
import type { Machine } from '../hardware/machine.ts';
import { framesPerCluster, ppnAt } from '../hardware/physical-memory.ts';
import { rawEntry } from '../hardware/page-table-walker.ts';
import { countOf } from '../hardware/counters.ts';
import { addressText, endText } from '../hardware/virtual-address.ts';
import { addressOfPpn, addressOfVpn, hex, PAGE_SIZE, type Ppn, type Vpn } from '../hardware/word.ts';
import type { ProcessObject } from '../kernels/kernel.ts';
import type { BoundKernel } from '../kernels/bound-kernel.ts';
import type { Protection, RegionKind } from '../kernels/view.ts';
import { knownProcesses } from '../session/state/ended-processes.ts';
import {
  framesOf,
  processRows,
  type EntryRow,
  type ProcessRows,
  type RegionRow,
} from '../session/state/process-view.ts';
import type { Diagnostic } from '../session/scenario/scenario.ts';
import type { Emulation, Script } from '../session/state/script.ts';
import { moreLinesText, type Output } from '../session/state/output.ts';
import type { World } from '../session/state/world.ts';
import { plainJson, type Json } from './plain-json.ts';

export type PlaceJson = readonly [x: number, y: number];

export interface TestJson {
  readonly name: string;
  readonly ok: boolean;
  readonly message?: string;
}

export interface RegionJson {
  readonly start: string;
  readonly end: string;
  readonly prot: string;
  readonly kind: RegionKind;
  readonly name: string;
  readonly cluster: PlaceJson | null;
  readonly residentPages: number;
  readonly sharedPages: number;
}

export interface EntryJson {
  readonly vpn: string;
  readonly ppn: string;
  readonly flags: string;
  readonly raw: string;
  readonly big: boolean;
}

export interface ProcessJson {
  readonly name: string;
  readonly pid: number;
  readonly alive: boolean;
  readonly cluster: PlaceJson;
  readonly counters: Readonly<Record<string, number>>;
  readonly regions: readonly RegionJson[];
  readonly pageTables: readonly {
    readonly cluster: PlaceJson;
    readonly root: string;
    readonly entries: readonly EntryJson[];
  }[];
}

export interface DiagnosticJson {
  readonly code: string;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly related: readonly Omit<DiagnosticJson, 'code' | 'severity' | 'related'>[];
}

export interface FrameJson {
  readonly ppn: string;
  readonly cluster: PlaceJson;
  readonly state: string;
  readonly refs: number;
}

export interface RunState {
  readonly version: 1;
  readonly ok: boolean;
  readonly kernel: string;
  readonly machine: {
    readonly preset: string;
    readonly mesh: readonly [width: number, height: number];
    readonly cores: number;
    readonly memory: number;
    readonly paging: string;
    readonly pageSize: number;
  };
  readonly steps: number;
  readonly cycles: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly panic: string | null;
  readonly emulated: readonly Emulation[];
  readonly processes: readonly ProcessJson[];
  readonly clusters: readonly { readonly cluster: PlaceJson; readonly frames: number; readonly free: number }[];
  readonly frames?: readonly FrameJson[];
  readonly kernelState: Readonly<Record<string, Json>>;
  readonly expectations: { readonly passed: number; readonly failed: number };
  readonly tests: readonly TestJson[];
  readonly diagnostics: readonly DiagnosticJson[];
  readonly prints: readonly string[];
}

/** What a run told: of several runs of one file, put together, where the tests have run as well. */
export type RunReport = Pick<Script, 'passed' | 'failed' | 'prints' | 'moreLines' | 'diagnostics' | 'emulated'>;

export interface RunStateRequest {
  readonly kernel: BoundKernel;
  readonly world: World;
  readonly tests?: readonly TestJson[];
  readonly withFrames?: boolean;
  /** The world's own unless given. */
  readonly report?: RunReport;
}

export function runState(request: RunStateRequest): RunState {
  const { kernel, world, tests = [], report = world.script } = request;
  const { machine, script } = world;
  const { config, counters, panic } = machine;
  const hasErrors = report.diagnostics.some(({ severity }) => severity === 'error');
  return {
    version: 1,
    ok: !hasErrors && tests.every(({ ok }) => ok),
    kernel: kernel.name,
    machine: machineJson(config),
    steps: script.steps,
    cycles: latestCycle(machine),
    counters: Object.fromEntries(counters.names.map((name) => [name, countOf(machine, name)])),
    panic,
    emulated: report.emulated.map((emulation) => ({ ...emulation })),
    processes: processesJson(kernel, world),
    clusters: placesOf(config).map((cluster, index) => ({
      cluster,
      frames: framesPerCluster(machine),
      free: kernel.freeFrames(index),
    })),
    ...(request.withFrames === true ? { frames: framesJson(kernel, world) } : {}),
    kernelState: plainJson(kernel.objects()) as Record<string, Json>,
    expectations: { passed: report.passed, failed: report.failed },
    tests: tests.map((test) => ({ ...test })),
    diagnostics: report.diagnostics.map(diagnosticJson),
    prints: printedTexts(report),
  };
}

function printedTexts(output: Pick<Output, 'prints' | 'moreLines'>): string[] {
  const texts = output.prints.map(({ text }) => text);
  const more = moreLinesText(output);
  return more === null ? texts : [...texts, more];
}

export function machineJson({
  preset,
  mesh,
  coresPerCluster,
  memoryBytes,
  paging,
}: MachineConfig): RunState['machine'] {
  return {
    preset,
    mesh: [mesh.width, mesh.height],
    cores: coresPerCluster,
    memory: memoryBytes,
    paging,
    pageSize: PAGE_SIZE,
  };
}

export function latestCycle(machine: Machine): number {
  let latest = 0;
  for (let core = 0; core < coreCount(machine.config); core++) latest = Math.max(latest, cycles(machine, core));
  return latest;
}

function placeOf(config: MachineConfig, cluster: number): PlaceJson {
  return [clusterX(config, cluster), clusterY(config, cluster)];
}

function placesOf(config: MachineConfig): PlaceJson[] {
  return Array.from({ length: clusterCount(config) }, (_, cluster) => placeOf(config, cluster));
}

function framesJson(kernel: BoundKernel, { machine }: World): FrameJson[] {
  const frames: FrameJson[] = [];
  for (const [cluster, place] of placesOf(machine.config).entries()) {
    for (let page = 0; page < framesPerCluster(machine); page++) {
      const ppn = ppnAt(machine, cluster, page);
      const { state, refs } = kernel.frame(ppn);
      frames.push({ ppn: hex(ppn), cluster: place, state, refs });
    }
  }
  return frames;
}

/** A process with its rows, and a test for frames that another live process also maps. */
interface Subject {
  readonly process: ProcessObject;
  readonly rows: ProcessRows;
  readonly isShared: (frame: Ppn) => boolean;
}

function processesJson(kernel: BoundKernel, world: World): ProcessJson[] {
  const { machine, script } = world;
  const processes = knownProcesses(kernel, script.endedProcesses);
  const live = new Map<ProcessObject, ProcessRows>();
  for (const process of processes) {
    if (process.alive) live.set(process, processRows(kernel, machine, process));
  }
  const isSharedNow = sharing(live);
  return processes.map((process) => {
    const ended = process.alive ? undefined : script.endedProcesses.find((one) => one.process.owner === process.owner);
    const rows = live.get(process) ?? ended?.rows ?? { regions: [], tables: [] };
    const sharedThen = new Set<Ppn>(ended?.shared);
    const isShared = ended === undefined ? isSharedNow : (frame: Ppn): boolean => sharedThen.has(frame);
    return processJson(machine, { process, rows, isShared });
  });
}

function sharing(live: ReadonlyMap<ProcessObject, ProcessRows>): (frame: Ppn) => boolean {
  const seen = new Map<Ppn, ProcessObject>();
  const shared = new Set<Ppn>();
  for (const [process, rows] of live) {
    for (const frame of framesOf(rows)) {
      const other = seen.get(frame);
      if (other !== undefined && other !== process) shared.add(frame);
      else seen.set(frame, process);
    }
  }
  return (frame) => shared.has(frame);
}

function processJson(machine: Machine, subject: Subject): ProcessJson {
  const { process, rows } = subject;
  const { config, counters } = machine;
  const { name, pid, alive, cluster, owner } = process;
  return {
    name,
    pid,
    alive,
    cluster: placeOf(config, cluster),
    counters: Object.fromEntries(counters.names.map((event) => [event, countOf(machine, event, { owner })])),
    regions: rows.regions.map((region) => regionJson(machine, subject, region)),
    pageTables: rows.tables.map((table) => ({
      cluster: placeOf(config, table.cluster),
      root: hex(addressOfPpn(table.root)),
      entries: table.entries.map((entry) => entryJson(machine, entry)),
    })),
  };
}

function regionJson(machine: Machine, subject: Subject, region: RegionRow): RegionJson {
  const { start, end, protection, kind, name, cluster } = region;
  const pages = residentPages(subject.rows, region);
  let sharedPages = 0;
  for (const frame of pages.values()) if (subject.isShared(frame)) sharedPages++;
  return {
    start: addressText(start, addressBitsOf(machine)),
    end: endText(end, addressBitsOf(machine)),
    prot: protectionJson(protection),
    kind,
    name,
    cluster: cluster === null ? null : placeOf(machine.config, cluster),
    residentPages: pages.size,
    sharedPages,
  };
}

/**
 * Present pages of a region with their frames. Several tables of one process may map the same page, which then counts
 * once; a region of which every cluster has a copy of its own counts what its own cluster's table maps.
 */
function residentPages({ regions, tables }: ProcessRows, region: RegionRow): Map<Vpn, Ppn> {
  const hasCopies = regions.some(
    (other) => other !== region && other.start === region.start && other.end === region.end,
  );
  const own = hasCopies ? tables.filter(({ cluster }) => cluster === region.cluster) : [];
  const pages = new Map<Vpn, Ppn>();
  for (const { entries } of own.length > 0 ? own : tables) {
    for (const entry of entries) {
      for (let page = 0; page < entry.pages; page++) {
        const address = addressOfVpn(entry.vpn + page);
        if (address + PAGE_SIZE > region.start && address < region.end) pages.set(entry.vpn + page, entry.ppn + page);
      }
    }
  }
  return pages;
}

function entryJson(machine: Machine, { vpn, ppn, flags, words, pages }: EntryRow): EntryJson {
  return { vpn: hex(vpn), ppn: hex(ppn), flags, raw: `0x${rawEntry(machine, words).toString(16)}`, big: pages > 1 };
}

function protectionJson({ read, write, execute }: Protection): string {
  return `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}`;
}

export function diagnosticJson({ code, severity, message, range, related = [] }: Diagnostic): DiagnosticJson {
  return {
    code,
    severity,
    message,
    ...range,
    related: related.map((one) => ({ message: one.message, ...one.range })),
  };
}
