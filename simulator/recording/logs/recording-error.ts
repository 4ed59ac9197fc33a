/** Where in a recording something is wrong. Lines count from 1, bytes from 0 in the uncompressed text. */
export interface RecordingPlace {
  readonly file: string;
  readonly line?: number;
  readonly byte?: number;
}

/** A recording that cannot be read or replayed: the input's fault, never ours. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly place: RecordingPlace;
  /** The message without the place in front of it. */
  readonly reason: string;

  constructor(place: RecordingPlace, reason: string) {
    super(`${describePlace(place)}: ${reason}`);
    this.place = place;
    this.reason = reason;
  }
}

function describePlace(place: RecordingPlace): string {
  const line = place.line === undefined ? '' : `:${String(place.line)}`;
  const byte = place.byte === undefined ? '' : ` (byte ${String(place.byte)})`;
  return `${place.file}${line}${byte}`;
}

/** Found somewhere inside a recording's data; whoever knows the file and the place makes a RecordingError of it. */
export class DamagedRecording extends Error {
  override readonly name = 'DamagedRecording';
}
