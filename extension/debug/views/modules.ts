/** Modules: what is mapped into address spaces, a program or a file each, with where it lies. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { addressText } from '../../../simulator/hardware/virtual-address.ts';
import { addressBitsOf } from '../../../simulator/hardware/layouts/formats.ts';
import type { Arguments } from '../protocol/arguments.ts';
import type { Debuggee } from '../debuggee.ts';
import type { Handler } from '../handlers.ts';

export const moduleHandlers: Readonly<Record<string, Handler>> = { modules };

function modules(debuggee: Debuggee, args: Arguments): DebugProtocol.ModulesResponse['body'] {
  const { simulation } = debuggee.requireStopped(args.command);
  const { kernel, world } = simulation;
  const bits = addressBitsOf(world.machine);
  const found = new Map<string, DebugProtocol.Module>();
  for (const process of kernel.processes()) {
    for (const { name, kind, start, end } of kernel.regions(process, process.cluster)) {
      const label = name === '' ? kind : name;
      const id = `${process.name}: ${label}`;
      const addressRange = `${addressText(start, bits)} to ${addressText(end, bits)}`;
      const before = found.get(id)?.addressRange;
      found.set(id, {
        id,
        name: label,
        version: process.name,
        symbolStatus: kind,
        addressRange: before === undefined ? addressRange : `${before}, ${addressRange}`,
      });
    }
  }
  const start = args.optionalInteger('startModule', 0) ?? 0;
  const count = args.optionalInteger('moduleCount', 0) ?? 0;
  const all = [...found.values()];
  return { modules: all.slice(start, count === 0 ? undefined : start + count), totalModules: all.length };
}
