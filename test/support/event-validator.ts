/** The check of every event at run time, made of the same map of shapes that types emitters and readers. */
import {
  eventShapes,
  type EventShape,
  type EventShapes,
  type FieldType,
  type FieldTypes,
  type FieldValue,
} from '../../simulator/hardware/event-shapes.ts';
import { clusterCount, coreCount } from '../../simulator/hardware/machine-config.ts';
import type { Machine } from '../../simulator/hardware/machine.ts';
import { isFrame } from '../../simulator/hardware/physical-memory.ts';
import type { TraceEvent } from '../../simulator/hardware/trace-event.ts';

type Check = (value: FieldValue, machine: Machine) => boolean;

const isInteger: Check = (value) => Number.isSafeInteger(value);
const isNatural: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

const checks: Readonly<Record<keyof FieldTypes, Check>> = {
  address: isNatural,
  physical: isNatural,
  vpn: isNatural,
  // Kernels map what is no memory as well: devices, and whatever a scenario asks for.
  ppn: isNatural,
  entry: (value) => typeof value === 'bigint' && value >= 0n && value < 2n ** 64n,
  cluster: (value, { config }) => isNatural(value, null as never) && Number(value) < clusterCount(config),
  core: (value, { config }) => isNatural(value, null as never) && Number(value) < coreCount(config),
  process: isNatural,
  access: (value) => value === 0 || value === 1 || value === 2,
  fault: (value) => ['absent', 'rights', 'reserved', 'address', 'bus', 'register'].includes(String(value)),
  bytes: isInteger,
  count: isInteger,
  word: (value) => isNatural(value, null as never) && Number(value) < 2 ** 32,
  flag: (value) => typeof value === 'boolean',
  text: (value) => typeof value === 'string',
};

/** What is wrong with an event; null: nothing. */
export function problemOf(event: TraceEvent, own: EventShapes, machine: Machine): string | null {
  const shapes: EventShapes = event.isOwn ? own : eventShapes;
  const shape = Object.hasOwn(shapes, event.name) ? shapes[event.name] : undefined;
  if (shape === undefined) return `${event.name}: there is no such event`;
  const problem = headProblem(event, machine) ?? fieldsProblem(shape, event.fields, machine);
  return problem === null ? null : `${event.name}: ${problem}`;
}

function headProblem({ id, step, cycle, core, cluster, owner, thread, line, cause }: TraceEvent, machine: Machine) {
  for (const [name, value] of Object.entries({ id, step, cycle, core, cluster, owner, line }))
    if (!isNatural(value, machine)) return `${name} is ${String(value)}`;
  if (!checks.core(core, machine)) return `there is no core ${String(core)}`;
  if (!checks.cluster(cluster, machine)) return `there is no cluster ${String(cluster)}`;
  if (typeof thread !== 'string' || thread === '') return 'it has no thread';
  return Number.isSafeInteger(cause) && cause >= -1 && cause < id ? null : `its cause is ${String(cause)}`;
}

function fieldsProblem(shape: EventShape, fields: Readonly<Record<string, FieldValue>> | null, machine: Machine) {
  if (typeof fields !== 'object' || fields === null) return 'it has no fields';
  const missing = Object.keys(shape).find((name) => !Object.hasOwn(fields, name));
  if (missing !== undefined) return `${missing} is missing`;
  const surplus = Object.keys(fields).find((name) => !Object.hasOwn(shape, name));
  if (surplus !== undefined) return `${surplus} is none of its fields`;
  const wrong = Object.entries(shape).find(([name, type]) => !isOfType(fields[name] as FieldValue, type, machine));
  return wrong === undefined ? null : `${wrong[0]} is ${String(fields[wrong[0]])}, no ${wrong[1]}`;
}

function isOfType(value: FieldValue, type: FieldType, machine: Machine): boolean {
  if (!type.endsWith('?')) return checks[type as keyof FieldTypes](value, machine);
  return value === null || checks[type.slice(0, -1) as keyof FieldTypes](value, machine);
}

/** Frames that are given out and given back are memory. */
export function isMemory(machine: Machine, ppn: number, pages: number): boolean {
  return isFrame(machine, ppn) && isFrame(machine, ppn + pages - 1);
}
