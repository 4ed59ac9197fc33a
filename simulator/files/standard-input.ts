/** A scenario that comes from standard input, where the file is called `-`. */
import { type Bounds } from '../session/scenario/bounds.ts';
import { stillLonger } from './regular-file.ts';

let text: Promise<Uint8Array> | null = null;

/** It can be read once only, and is kept for whoever asks again. Throws an UnreadableFile beyond the bound on scenarios. */
export function standardInput(bounds: Bounds): Promise<Uint8Array> {
  return (text ??= readAll(bounds));
}

async function readAll(bounds: Bounds): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of process.stdin as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > bounds.scenarioSize) throw stillLonger({ name: 'scenarioSize', bounds });
    parts.push(part);
  }
  return Buffer.concat(parts);
}
