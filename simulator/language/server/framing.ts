/**
 * The framing of LSP's base protocol: header fields, an empty line, and as many bytes of JSON as `Content-Length` says. A header
 * that cannot be read leaves no way to find the next message, so it ends the stream; it is never waited out.
 */

export interface FramingBounds {
  /** Bytes of all header fields of a message. */
  readonly header: number;
  /** Bytes of a body. */
  readonly body: number;
}

const standardBounds: FramingBounds = { header: 4096, body: 64 * 1024 * 1024 };

/** The stream cannot be followed any further. */
export class FramingError extends Error {}

const LINE_FEED = 10;

export class Framing {
  private readonly bounds: FramingBounds;
  private headerBytes = 0;
  private line = '';
  /** Of the message whose header is being read; null until its field has come. */
  private length: number | null = null;
  private body: Uint8Array | null = null;
  private filled = 0;

  constructor(bounds: FramingBounds = standardBounds) {
    this.bounds = bounds;
  }

  /** Whether the stream may end here: no message has begun. */
  get isBetween(): boolean {
    return this.body === null && this.headerBytes === 0;
  }

  /** The bodies that these bytes complete. Throws a `FramingError`, after which the stream is lost. */
  *feed(bytes: Uint8Array): Generator<Uint8Array> {
    let at = 0;
    while (at < bytes.length) {
      if (this.body === null) this.readHeader(bytes[at++] ?? 0);
      else at += this.fill(this.body, bytes.subarray(at));
      if (this.body?.length === this.filled) {
        yield this.body;
        this.body = null;
        this.filled = 0;
      }
    }
  }

  private fill(body: Uint8Array, bytes: Uint8Array): number {
    const part = bytes.subarray(0, body.length - this.filled);
    body.set(part, this.filled);
    this.filled += part.length;
    return part.length;
  }

  private readHeader(byte: number): void {
    if (++this.headerBytes > this.bounds.header)
      throw new FramingError(`a header is longer than ${String(this.bounds.header)} bytes`);
    if (byte !== LINE_FEED) {
      if (!isText(byte)) throw new FramingError(`a header contains the byte 0x${byte.toString(16).padStart(2, '0')}`);
      this.line += String.fromCharCode(byte);
      return;
    }
    const line = this.line.endsWith('\r') ? this.line.slice(0, -1) : this.line;
    this.line = '';
    if (line === '') this.endHeader();
    else this.readField(line);
  }

  private readField(line: string): void {
    const field = /^([!#-'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (field === null) throw new FramingError(`the header line ${quoted(line)} has no "NAME: VALUE"`);
    const [, name = '', value = ''] = field;
    if (name.toLowerCase() !== 'content-length') return;
    const length = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (Number.isNaN(length)) throw new FramingError(`the header line ${quoted(line)} gives no length in bytes`);
    if (length > this.bounds.body)
      throw new FramingError(
        `the header line ${quoted(line)} exceeds the ${String(this.bounds.body)} bytes of a message`,
      );
    if (this.length !== null && this.length !== length) throw new FramingError('a header gives two lengths');
    this.length = length;
  }

  private endHeader(): void {
    // Empty lines before a message's first field do no harm.
    const isEmpty = this.headerBytes <= 2;
    this.headerBytes = 0;
    if (isEmpty) return;
    if (this.length === null) throw new FramingError('a header has no Content-Length');
    this.body = new Uint8Array(this.length);
    this.filled = 0;
    this.length = null;
  }
}

/** Printable ASCII, tab and carriage return. */
function isText(byte: number): boolean {
  return (byte >= 32 && byte < 127) || byte === 9 || byte === 13;
}

function quoted(line: string): string {
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
}
