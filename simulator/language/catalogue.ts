/** What the language knows of machines and kernels. It arrives from the composition root, so that tests can bring their own. */
import type { FunctionInfo, ValueType } from '../execution/function-info.ts';
import {
  commonEvents,
  commonInjections,
  commonOperations,
  observations,
  scenarioFunctions,
} from '../kernels/common-operations.ts';
import type { ConfigProblem, KernelDescriptor } from '../kernels/kernel.ts';
import type { Kernel } from '../kernels/bound-kernel.ts';

export type MachineConfig = ReturnType<Kernel['defaultConfig']>;
export type CatalogueKernel = KernelDescriptor & Pick<Kernel, 'defaultConfig' | 'checkConfig'>;

export interface KernelCatalogue {
  readonly kernels: readonly CatalogueKernel[];
  /** Presets by name. */
  readonly presets: Readonly<Record<string, MachineConfig>>;
  /** What no machine can be, whatever the kernel. */
  validateMachine(config: MachineConfig): readonly ConfigProblem[];
}

/** For messages about texts that name none. */
export function knownNames({ kernels, presets }: KernelCatalogue): {
  readonly kernels: readonly string[];
  readonly machines: readonly string[];
} {
  return { kernels: kernels.map(({ name }) => name), machines: Object.keys(presets) };
}

/** Where a function comes from: every kernel has the common ones. */
export interface CallableFunction {
  readonly info: FunctionInfo;
  readonly origin: 'operation' | 'observation' | 'scenario' | 'kernel' | 'def';
}

/** Tables of one file: the chosen kernel's, or, while none is chosen, only what all kernels share. */
export class Vocabulary {
  readonly catalogue: KernelCatalogue;
  readonly kernel: CatalogueKernel | null;
  private readonly functions = new Map<string, CallableFunction[]>();
  private readonly members = new Set<string>();

  constructor(catalogue: KernelCatalogue, kernel: CatalogueKernel | null) {
    this.catalogue = catalogue;
    this.kernel = kernel;
    for (const info of commonOperations) this.add({ info, origin: 'operation' });
    for (const info of observations) this.add({ info, origin: 'observation' });
    for (const info of scenarioFunctions) this.add({ info, origin: 'scenario' });
    for (const { info } of kernel?.functions ?? []) this.add({ info, origin: 'kernel' });
  }

  /** The functions of the file itself, each in place of others of its name. */
  addDefs(defs: readonly FunctionInfo[]): this {
    for (const info of defs) this.functions.set(info.name, [{ info, origin: 'def' }]);
    return this;
  }

  /** All of that name: a kernel may have its own function beside a common one. */
  functionsNamed(name: string): readonly CallableFunction[] {
    return this.functions.get(name) ?? [];
  }

  /** Has every kernel a function of that name, not counting those of the second edition? */
  isCommon(name: string): boolean {
    return [...commonOperations, ...observations].some((info) => info.name === name && !info.section.startsWith('13'));
  }

  functionNames(): readonly string[] {
    return [...this.functions.keys()];
  }

  /** Other kernels that have a function of that name. */
  kernelsWithFunction(name: string): readonly string[] {
    const others = this.catalogue.kernels.filter((kernel) => kernel !== this.kernel);
    return others.filter((kernel) => kernel.functions.some(({ info }) => isNamed(info, name))).map(({ name }) => name);
  }

  hasConstant(name: string): boolean {
    return this.kernel !== null && Object.hasOwn(this.kernel.constants, name);
  }

  constantNames(): readonly string[] {
    return Object.keys(this.kernel?.constants ?? {});
  }

  /** Comparisons take an enumeration's words too: `region(a).kind == anon`. */
  isEnumerationWord(name: string): boolean {
    if (regionKinds.has(name)) return true;
    for (const member of [...this.members, ...this.constantNames()]) if (standsFor(name, member)) return true;
    return false;
  }

  eventNames(): readonly string[] {
    return [...commonEvents, ...this.ofKernels((kernel) => Object.keys(kernel.events))];
  }

  injectionNames(): readonly string[] {
    return [...Object.keys(commonInjections), ...this.ofKernels((kernel) => Object.keys(kernel.injections))];
  }

  daemonNames(): readonly string[] {
    return this.ofKernels((kernel) => Object.keys(kernel.daemons));
  }

  /** While no kernel is chosen, what any kernel has passes: the command line may choose it. */
  owners(): readonly CatalogueKernel[] {
    return this.kernel === null ? this.catalogue.kernels : [this.kernel];
  }

  private ofKernels(names: (kernel: CatalogueKernel) => readonly string[]): readonly string[] {
    return [...new Set(this.owners().flatMap(names))];
  }

  private add(callable: CallableFunction): void {
    const { info } = callable;
    for (const name of [info.name, ...(info.aliases ?? [])]) {
      const known = this.functions.get(name);
      if (known === undefined) this.functions.set(name, [callable]);
      else known.push(callable);
    }
    for (const parameter of [...info.parameters, ...(info.outputs ?? [])]) this.addMembers(parameter.type);
    if (info.result !== undefined) this.addMembers(info.result);
  }

  private addMembers(type: ValueType): void {
    if (type.kind !== 'enumeration' && type.kind !== 'flags') return;
    for (const member of Object.keys(type.members)) this.members.add(member);
  }
}

const regionKinds = new Set('anon file shared remote device null stack heap code data kernel'.split(' '));

/** Does the word stand for the member: `REGION_WIRING_LAZY` itself, or last parts of it in lower case such as `lazy`? */
export function standsFor(word: string, member: string): boolean {
  if (word === member) return true;
  const lower = member.toLowerCase();
  return word === lower || lower.endsWith(`_${word}`);
}

/** The words to offer for an enumeration: `lazy` of `REGION_WIRING_LAZY` and its siblings. */
export function shortWords(members: readonly string[]): readonly string[] {
  const parts = members.map((member) => member.split('_'));
  const [first = []] = parts;
  let shared = 0;
  while (members.length > 1 && parts.every((words) => words.length > shared + 1 && words[shared] === first[shared]))
    shared++;
  return parts.map((words) =>
    words
      .slice(members.length > 1 ? shared : -1)
      .join('_')
      .toLowerCase(),
  );
}

function isNamed(info: FunctionInfo, name: string): boolean {
  return info.name === name || (info.aliases?.includes(name) ?? false);
}
