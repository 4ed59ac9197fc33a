/** Observations (walk language 7): they read, and change nothing, not even a TLB. */
import { cycles } from '../../hardware/core.ts';
import { coreIndex } from '../../hardware/machine-config.ts';
import { addressBitsOf } from '../../hardware/layouts/formats.ts';
import type { EntryView } from '../../hardware/page-table-walker.ts';
import { inspectEntry } from '../../hardware/page-table-walker.ts';
import { clusterOfPpn, isFrame } from '../../hardware/physical-memory.ts';
import { lookupTlb } from '../../hardware/tlb.ts';
import { countOf } from '../../hardware/counters.ts';
import { exactAddress, isCanonical } from '../../hardware/virtual-address.ts';
import type { Ppn } from '../../hardware/word.ts';
import { hex, pageOffset, vpnOf } from '../../hardware/word.ts';
import type { ProcessObject } from '../../kernels/kernel.ts';
import type { RegionView } from '../../kernels/view.ts';
import { bindArguments } from './arguments.ts';
import { toKernel } from './convert.ts';
import { borrow, evaluate } from './evaluate.ts';
import type { Evaluation } from './evaluation.ts';
import { fromKernelObject, recordOf } from './kernel-values.ts';
import { listObservers } from './list-observations.ts';
import { decodeEntry, entryRecord, observePhysical, observeWalk, tableAddress } from './translation-observations.ts';
import { placeOfCluster } from '../state/places.ts';
import { knownProcesses } from '../state/ended-processes.ts';
import { raiseHint } from '../scenario/bounds.ts';
import { observation } from '../scenario/program.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { CallExpression, SourceRange } from '../scenario/scenario.ts';
import { kindOf, record } from '../state/values.ts';
import type { Value } from '../state/values.ts';

interface Place {
  readonly cluster: number;
  readonly core: number;
}

/** An observation's arguments, converted by the table of observations. */
interface Question {
  readonly evaluation: Evaluation;
  readonly args: Readonly<Record<string, unknown>>;
  readonly range: SourceRange;
}

type Observer = (question: Question) => Value;

const observers: Readonly<Record<string, Observer>> = {
  pte: (question) => entryRecord(question.evaluation.run, entryOf(question)),
  walk: (question) => observeWalk(question, rootOf(question), coreOf(question)),
  table: (question) => tableAddress(rootOf(question)),
  physical: observePhysical,
  entry: decodeEntry,
  translate: observeTranslation,
  region: observeRegion,
  regions: ({ evaluation, args }) => {
    const { kernel } = evaluation.run;
    const process = processOfQuestion({ evaluation, args });
    return process === null ? 0n : BigInt(kernel.regions(process, evaluation.cluster).length);
  },
  frame: observeFrame,
  free: (question) => {
    const { kernel } = question.evaluation.run;
    return BigInt(kernel.freeFrames(clusterOf(question)));
  },
  tlb: observeTlb,
  count: observeCount,
  cycles: (question) => BigInt(Math.trunc(cycles(question.evaluation.run.machine, coreOf(question)))),
  rpcs: observeRpc,
  root: observeRoot,
  output: observeOutput,
  failed: ({ evaluation, args, range }) => {
    const value = evaluation.run.script.failedOutputs.get(args.name as string);
    if (value === undefined)
      throw new ScenarioFailure('WALK218', `The failed call has no output named ${String(args.name)}`, range);
    return value;
  },
  ...listObservers,
};

export function observe(evaluation: Evaluation, call: CallExpression): Value {
  const info = observation(call.callee);
  const observer = observers[call.callee];
  if (info === null || observer === undefined) {
    throw new ScenarioFailure(
      'WALK225',
      `Only observations are allowed here, and ${call.callee} is not one`,
      call.calleeRange,
    );
  }
  const args: Record<string, unknown> = {};
  for (const { parameter, argument } of bindArguments(info, call)) {
    const { value: written } = argument;
    const value = info.name === 'length' ? borrow(evaluation, written) : evaluate(evaluation, written, parameter.type);
    args[parameter.name] = toKernel(evaluation.run, value, parameter.type, parameter.name, argument.range);
  }
  return observer({ evaluation, args, range: call.range });
}

function clusterOf({ evaluation, args }: Pick<Question, 'evaluation' | 'args'>): number {
  return (args.at as Place | undefined)?.cluster ?? evaluation.cluster;
}

function coreOf({ evaluation, args }: Question): number {
  const at = args.at as Place | undefined;
  return at === undefined ? evaluation.core : coreIndex(evaluation.run.program.config, at.cluster, at.core);
}

function processOfQuestion({ evaluation, args }: Pick<Question, 'evaluation' | 'args'>): ProcessObject | null {
  return (args.of as ProcessObject | undefined) ?? evaluation.thread?.process ?? null;
}

/** The table that the question is about: of a process in a cluster, or the kernel's own. */
function rootOf(question: Question): Ppn | null {
  const { kernel } = question.evaluation.run;
  const cluster = clusterOf(question);
  const process = processOfQuestion(question);
  if (process === null) return kernel.kernelTable(cluster);
  const tables = kernel.tables(process);
  if (tables.length === 1) return tables[0]?.root ?? null;
  return tables.find((table) => table.cluster === cluster)?.root ?? null;
}

function entryOf(question: Question): EntryView | null {
  const root = rootOf(question);
  const { machine } = question.evaluation.run;
  const address = question.args.addr as number;
  if (root === null || !isCanonical(address, addressBitsOf(machine))) return null;
  return inspectEntry(machine, root, address);
}

function observeTranslation(question: Question): Value {
  const entry = entryOf(question);
  if (entry === null || !entry.present || entry.reserved) return null;
  return BigInt(entry.ppn) * 4096n + BigInt(pageOffset(question.args.addr as number));
}

function observeRegion(question: Question): Value {
  const { kernel } = question.evaluation.run;
  const process = processOfQuestion(question);
  const address = question.args.addr as number;
  const regions = process === null ? [] : kernel.regions(process, question.evaluation.cluster);
  const region = regions.find(({ start, end }) => address >= start && address < end);
  return region === undefined ? null : regionRecord(region, addressBitsOf(question.evaluation.run.machine));
}

function regionRecord(region: RegionView, addressBits: number): Value {
  return record({
    start: exactAddress(region.start, addressBits),
    end: exactAddress(region.end - 1, addressBits) + 1n,
    length: BigInt(region.end - region.start),
    prot: { kind: 'protection', protection: region.protection },
    kind: { kind: 'word', word: region.kind, value: null },
    name: region.name,
  });
}

function observeFrame({ evaluation, args, range }: Question): Value {
  const { kernel, machine } = evaluation.run;
  const ppn = args.ppn as number;
  if (!isFrame(machine, ppn))
    throw new ScenarioFailure('WALK225', `there is no memory at physical page ${hex(ppn)}`, range);
  const view = kernel.frame(ppn);
  return record({
    refs: BigInt(view.refs),
    forks: BigInt(view.forks),
    state: { kind: 'word', word: view.state, value: null },
    cluster: placeOfCluster(evaluation.run, clusterOfPpn(machine, ppn)),
    order: BigInt(view.order),
  });
}

function observeTlb(question: Question): Value {
  const { machine } = question.evaluation.run;
  const core = coreOf(question);
  const address = question.args.addr as number;
  const vpn = vpnOf(address);
  const isKnown = isCanonical(address, addressBitsOf(machine));
  const entry = isKnown ? (lookupTlb(machine, core, vpn, false) ?? lookupTlb(machine, core, vpn, true)) : null;
  if (entry === null)
    return record({ present: false, ppn: 0n, writable: false, executable: false, user: false, global: false });
  const { ppn, writable, executable, user, global } = entry;
  return record({ present: true, ppn: BigInt(ppn), writable, executable, user, global });
}

function observeCount({ evaluation, args, range }: Question): Value {
  const process = args.of as ProcessObject | undefined;
  const at = args.at as Place | undefined;
  if (process !== undefined) requireKnown(evaluation, process, range);
  const count = countOf(evaluation.run.machine, args.event as string, {
    ...(process === undefined ? {} : { owner: process.owner }),
    ...(at === undefined ? {} : { cluster: at.cluster }),
  });
  return BigInt(count);
}

/** Of processes that ended long ago nothing is kept. */
function requireKnown({ run }: Evaluation, process: ProcessObject, range: SourceRange): void {
  const { kernel, script, program } = run;
  if (process.alive || script.forgottenProcesses === 0) return;
  if (knownProcesses(kernel, script.endedProcesses).some(({ owner }) => owner === process.owner)) return;
  const message = `what ${process.name} counted is not kept any more: ${String(script.endedProcesses.length)} processes have ended since; to keep more, ${raiseHint('endedProcesses', program.bounds)}`;
  throw new ScenarioFailure('WALK218', message, range);
}

function observeRpc({ evaluation, args, range }: Question): Value {
  const { kernel } = evaluation.run;
  const raw = kernel.rpc(args.n as number);
  if (raw === undefined || raw === null) {
    const reason =
      kernel.rpc === undefined
        ? `${kernel.name} has no RPCs`
        : `there is no RPC number ${String(args.n)}; they count from 0, and only the latest are kept`;
    throw new ScenarioFailure('WALK218', reason, range);
  }
  const { run } = evaluation;
  const { client, server, args: words, ...rest } = raw as Record<string, unknown>;
  const value = recordOf(run, rest);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value.kind !== 'record') return value;
  value.fields.set('client', placeOfCluster(run, client as number));
  value.fields.set('server', placeOfCluster(run, server as number));
  value.fields.set('args', recordOf(run, words as Record<string, unknown>));
  return value;
}

function observeRoot({ evaluation, args, range }: Question): Value {
  const { kernel } = evaluation.run;
  const root = kernel.readField(args.process as object, 'root');
  if (root === undefined) throw new ScenarioFailure('WALK221', `${kernel.name} has no root region`, range);
  return fromKernelObject(evaluation.run, root);
}

/** `"dump NAME"`, or a command line of the kernel's debugger; calls were performed before. */
function observeOutput({ evaluation, args, range }: Question): Value {
  const { kernel, script } = evaluation.run;
  const command = args.command as Value;
  if (typeof command !== 'string')
    throw new ScenarioFailure('WALK225', `output takes a call or a command line, not ${kindOf(command)}`, range);
  const [word, name] = command.trim().split(/\s+/);
  if (word === 'dump') {
    const processes = knownProcesses(kernel, script.endedProcesses);
    const process = processes.find((known) => known.name === name);
    if (process === undefined) throw new ScenarioFailure('WALK224', `there is no process ${String(name)}`, range);
    return lines(kernel.dump(process));
  }
  const text = kernel.debuggerCommand(command) ?? null;
  if (text === null)
    throw new ScenarioFailure('WALK225', `${kernel.name}'s debugger has no command ${String(word)}`, range);
  return lines(text);
}

function lines(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
