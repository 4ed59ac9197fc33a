/** `run --trace OUT`: every event of a run with its cause, as a Chrome trace that Perfetto opens or, by the file's name, as CSV. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { TraceEvent } from '../hardware/trace-event.ts';
import type { Simulation } from '../session/moves/simulation.ts';
import { csvLine } from './csv.ts';
import { cannotWrite } from './output-file.ts';

/** Characters that are written at once. */
const PART = 1 << 16;

const columns = ['id', 'name', 'cycle', 'step', 'core', 'cluster', 'process', 'thread', 'line', 'cause', 'fields'];

export class TraceFile {
  private readonly path: string;
  private readonly file: number;
  private readonly isCsv: boolean;
  private text: string;
  private count = 0;

  constructor(path: string) {
    this.path = path;
    this.isCsv = /\.csv$/i.test(path);
    this.file = this.guarded(() => openSync(path, 'w'));
    this.text = this.isCsv ? csvLine(columns) : '{"displayTimeUnit":"ns","traceEvents":[\n';
  }

  /** From now on; to be called before the first statement. */
  listen(simulation: Simulation): void {
    simulation.onEvents((events) => {
      for (const event of events) this.add(event);
    });
  }

  close(): void {
    if (!this.isCsv) this.text += '\n]}\n';
    this.flush();
    closeSync(this.file);
  }

  private add(event: TraceEvent): void {
    this.text += this.isCsv
      ? csvRow(event)
      : `${this.count === 0 ? '' : ',\n'}${JSON.stringify(chromeEvent(event), exact)}`;
    this.count += 1;
    if (this.text.length >= PART) this.flush();
  }

  private flush(): void {
    const { text } = this;
    this.text = '';
    this.guarded(() => writeSync(this.file, text));
  }

  private guarded<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw cannotWrite(this.path, error);
    }
  }
}

function csvRow({ id, name, cycle, step, core, cluster, owner, thread, line, cause, fields }: TraceEvent): string {
  return csvLine([id, name, cycle, step, core, cluster, owner, thread, line, cause, JSON.stringify(fields, exact)]);
}

/** A core is a thread of its cluster's process; a cycle is a microsecond, as traces have no other clock. */
function chromeEvent({ name, cycle, core, cluster, fields, ...head }: TraceEvent): object {
  const place = { ts: cycle, pid: cluster, tid: core };
  return { name, cat: String(head.owner), ph: 'i', s: 't', ...place, args: { ...head, ...fields } };
}

/** Entries of page tables have 64 bits. */
function exact(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
}
