import { badArgument } from './errors.ts';

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A request's arguments, which may be anything: every read checks, and a wrong one is an error that names it. */
export class Arguments {
  readonly command: string;
  readonly fields: Fields;
  private readonly path: string;

  constructor(command: string, value: unknown, path = '') {
    if (value !== undefined && value !== null && !isRecord(value)) {
      throw badArgument(command, path === '' ? 'arguments' : path, 'an object');
    }
    this.command = command;
    this.fields = value ?? {};
    this.path = path;
  }

  string(name: string): string {
    const value = this.fields[name];
    if (typeof value !== 'string') throw this.wrong(name, 'a string');
    return value;
  }

  optionalString(name: string): string | undefined {
    return this.isMissing(name) ? undefined : this.string(name);
  }

  integer(name: string, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.fields[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
      const isOpen = min === Number.MIN_SAFE_INTEGER && max === Number.MAX_SAFE_INTEGER;
      throw this.wrong(name, isOpen ? 'an integer' : `an integer from ${String(min)} to ${String(max)}`);
    }
    return value;
  }

  optionalInteger(name: string, min?: number, max?: number): number | undefined {
    return this.isMissing(name) ? undefined : this.integer(name, min, max);
  }

  boolean(name: string, fallback: boolean): boolean {
    if (this.isMissing(name)) return fallback;
    const value = this.fields[name];
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false');
    return value;
  }

  record(name: string): Arguments {
    const value = this.fields[name];
    if (!isRecord(value)) throw this.wrong(name, 'an object');
    return new Arguments(this.command, value, this.at(name));
  }

  /** A list of objects; a missing one is empty. */
  records(name: string): Arguments[] {
    return this.list(name).map((item, index) => {
      if (!isRecord(item)) throw this.wrong(`${name}[${String(index)}]`, 'an object');
      return new Arguments(this.command, item, this.at(`${name}[${String(index)}]`));
    });
  }

  integers(name: string): number[] {
    return this.list(name).map((item, index) => {
      if (typeof item !== 'number' || !Number.isSafeInteger(item))
        throw this.wrong(`${name}[${String(index)}]`, 'an integer');
      return item;
    });
  }

  strings(name: string): string[] {
    return this.list(name).map((item, index) => {
      if (typeof item !== 'string') throw this.wrong(`${name}[${String(index)}]`, 'a string');
      return item;
    });
  }

  wrong(name: string, expected: string): Error {
    return badArgument(this.command, this.at(name), expected);
  }

  private list(name: string): readonly unknown[] {
    if (this.isMissing(name)) return [];
    const value = this.fields[name];
    if (!Array.isArray(value)) throw this.wrong(name, 'a list');
    return value as readonly unknown[];
  }

  private isMissing(name: string): boolean {
    return this.fields[name] === undefined || this.fields[name] === null;
  }

  private at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}
