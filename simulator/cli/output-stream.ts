/** Standard output and standard error, written completely or refused with the reason. */
import { closeSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { isSystemError, reasonOf } from '../files/system-error.ts';

/** An output stream did not take what was written. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  /** The reader has closed the pipe: there is nobody left to tell. */
  readonly isClosed: boolean;

  constructor(stream: OutputStream, cause: unknown) {
    super(`cannot write to ${stream.name}: ${reasonOf(cause, 'write')}`, { cause });
    this.isClosed = (cause as NodeJS.ErrnoException).code === 'EPIPE';
  }
}

/** Milliseconds until a full pipe that does not block is tried again. */
const PAUSE = 2;

/**
 * Writes directly to a file descriptor. Node's own streams lose the rest of a text that a nearly full disk takes only a part
 * of, and report other failures too late to change the exit code.
 */
export class OutputStream {
  readonly name: string;
  readonly isTTY: boolean;
  private readonly descriptor: number;

  constructor(name: string, descriptor: number) {
    this.name = name;
    this.descriptor = descriptor;
    this.isTTY = isatty(descriptor);
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += this.writePart(bytes, done);
  }

  /** Some file systems report a full disk only here. */
  close(): void {
    try {
      closeSync(this.descriptor);
    } catch (error) {
      throw new OutputError(this, error);
    }
  }

  /** The number of bytes that were taken. */
  private writePart(bytes: Uint8Array, from: number): number {
    try {
      return writeSync(this.descriptor, bytes, from);
    } catch (error) {
      if (!isSystemError(error) || (error.code !== 'EAGAIN' && error.code !== 'EINTR'))
        throw new OutputError(this, error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
      return 0;
    }
  }
}
