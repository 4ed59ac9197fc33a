/** Values of the scenario and of the kernel as rows of the variables view. */
import type { ValueType } from '../../../simulator/execution/function-info.ts';
import { addressBitsOf } from '../../../simulator/hardware/layouts/formats.ts';
import { addressText, isCanonical, machineAddress } from '../../../simulator/hardware/virtual-address.ts';
import { hex } from '../../../simulator/hardware/word.ts';
import { displayValue, kindOf, type Value } from '../../../simulator/session/state/values.ts';
import { integerText, objectPreview, valuePreview } from './preview.ts';
import { clusterText } from './scopes.ts';
import type { Subject } from './subject.ts';
import type { VariableRow } from '../protocol/variable-store.ts';

/** Rows that an unfolded list shows at most in one piece; editors ask for the rest. */
const PIECES_FROM = 100;

/** A value of the scenario's language. `expression` evaluates to it. */
export function valueRow(subject: Subject, name: string, value: Value, expression?: string): VariableRow {
  const more = expression === undefined ? {} : { expression };
  if (typeof value === 'bigint')
    return { name, ...integerParts(subject, expression ?? name, value), type: 'integer', ...more };
  if (typeof value === 'string') return { name, value: JSON.stringify(value), type: 'string', ...more };
  if (value === null || typeof value === 'boolean')
    return { name, value: displayValue(value), type: value === null ? 'none' : 'boolean', ...more };
  if (Array.isArray(value)) {
    const children = (): VariableRow[] => value.map((item, index) => valueRow(subject, `[${String(index)}]`, item));
    return { name, value: valuePreview(value), type: 'list', ...more, children, indexed: value.length };
  }
  switch (value.kind) {
    case 'process':
      return { ...objectRow(subject, name, value.process, expression), value: displayValue(value) };
    case 'thread':
      return { ...objectRow(subject, name, value.thread, expression), value: displayValue(value) };
    case 'object':
      return objectRow(subject, name, value.object, expression);
    case 'record': {
      const children = (): VariableRow[] =>
        [...value.fields].map(([field, inner]) =>
          valueRow(subject, field, inner, expression === undefined ? undefined : `${expression}.${field}`),
        );
      return { name, value: valuePreview(value), type: 'record', ...more, children };
    }
    default:
      return { name, value: displayValue(value), type: kindOf(value).replace(/^an? /, ''), ...more };
  }
}

/** Addresses are read in hexadecimal, and lead to their memory. */
function integerParts(
  { kernel, process, machine, core }: Subject,
  name: string,
  value: bigint,
): Pick<VariableRow, 'value' | 'address'> {
  const text = integerText(value, memberOf(name));
  const bits = addressBitsOf(machine);
  const address = machineAddress(value, bits);
  if (address < 4096 || process === null || !isCanonical(address, bits)) return { value: text };
  const cluster = Math.floor(core / machine.config.coresPerCluster);
  const region = kernel.regions(process, cluster).find(({ start, end }) => address >= start && address < end);
  return region === undefined ? { value: text } : { value: text, address };
}

/** What a kernel function was given, by the type that its table entry declares, if it does. */
export function argumentRow(subject: Subject, name: string, raw: unknown, type: ValueType | null): VariableRow {
  const expression = name;
  if (typeof raw !== 'number' || type === null) return rawRow(subject, name, raw, expression);
  switch (type.kind) {
    case 'address': {
      const value = addressText(raw, addressBitsOf(subject.machine));
      return { name, value, type: type.kind, address: raw, expression };
    }
    case 'vpn':
      return { name, value: hex(raw), type: type.kind, address: raw * 4096, expression };
    case 'ppn':
    case 'flags':
      return { name, value: hex(raw), type: type.kind, expression };
    case 'cluster':
      return { name, value: clusterText(subject.machine, raw), type: type.kind, expression };
    case 'enumeration': {
      const member = Object.entries(type.members).find(([, value]) => value === raw)?.[0];
      return { name, value: member ?? String(raw), type: type.name, expression };
    }
    default:
      return rawRow(subject, name, raw, expression);
  }
}

/** The kernel's own plain data. */
export function rawRow(subject: Subject, name: string, raw: unknown, expression?: string): VariableRow {
  if (typeof raw === 'number')
    return {
      name,
      value: Number.isSafeInteger(raw) ? integerText(BigInt(raw), name) : String(raw),
      ...(expression === undefined ? {} : { expression }),
    };
  const more = expression === undefined ? {} : { expression };
  if (typeof raw === 'string') return { name, value: JSON.stringify(raw), ...more };
  if (raw === undefined || raw === null) return { name, value: 'none', ...more };
  if (typeof raw === 'bigint') return { name, value: integerText(raw, name), ...more };
  if (typeof raw === 'boolean') return { name, value: String(raw), ...more };
  if (typeof raw !== 'object') return { name, value: typeof raw };
  const items = itemsOf(raw);
  if (items === null) return objectRow(subject, name, raw, expression);
  const children = (): VariableRow[] => items.map((item, index) => rawRow(subject, `[${String(index)}]`, item));
  return {
    name,
    value: `${String(items.length)} ${items.length === 1 ? 'item' : 'items'}`,
    children,
    ...(items.length >= PIECES_FROM ? { indexed: items.length } : {}),
  };
}

function itemsOf(raw: object): readonly unknown[] | null {
  if (Array.isArray(raw)) return raw as readonly unknown[];
  if (ArrayBuffer.isView(raw)) return Array.from(raw as unknown as ArrayLike<number>);
  if (raw instanceof Map) return [...(raw as Map<unknown, unknown>).values()];
  return raw instanceof Set ? [...(raw as Set<unknown>)] : null;
}

/** A kernel object with the members that its specification names, else with all of its fields. */
function objectRow(subject: Subject, name: string, object: object, expression: string | undefined): VariableRow {
  const { type } = object as { type?: unknown };
  return {
    name,
    value: objectPreview(object, () => fieldsOf(subject, object)),
    ...(typeof type === 'string' ? { type } : {}),
    ...(expression === undefined ? {} : { expression }),
    children: () => membersOf(subject, object, expression),
  };
}

function membersOf(subject: Subject, object: object, expression: string | undefined): VariableRow[] {
  return fieldsOf(subject, object).map(([field, raw]) =>
    rawRow(subject, field, raw, expression === undefined ? undefined : `${expression}.${field}`),
  );
}

function fieldsOf({ kernel }: Subject, object: object): [string, unknown][] {
  const { type } = object as { type?: unknown };
  const known = kernel.objectTypes.find((one) => one.name === type);
  if (known === undefined) return Object.entries(object).filter(([field]) => field !== 'type');
  return Object.keys(known.fields).map((field) => [field, kernel.readField(object, field)]);
}

/** The last name of an expression: `ppn` of `pte(buf).ppn`. */
function memberOf(expression: string): string {
  return /\.(\w+)$/.exec(expression)?.[1] ?? expression;
}
