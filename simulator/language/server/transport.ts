/** Where messages come from: bytes on standard input, or objects from the parent process. */
import { Framing, FramingError } from './framing.ts';

/** What arrives. */
export interface WireListener {
  message(message: unknown): void;
  /** A message whose body is no JSON; the next one may be. */
  unreadable(reason: string): void;
  /** Nothing that follows can be understood. */
  lost(reason: string): void;
  /** The client has gone. */
  closed(): void;
}

export type Listen = (listener: WireListener) => void;

/** Messages as bytes: standard input. */
export function listenToStream(input: NodeJS.ReadableStream): Listen {
  return (listener) => {
    const framing = new Framing();
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let isLost = false;
    const lose = (reason: string): void => {
      isLost = true;
      listener.lost(reason);
    };
    input.on('data', (chunk: Uint8Array) => {
      if (isLost) return;
      try {
        for (const body of framing.feed(chunk)) receive(body, decoder, listener);
      } catch (error) {
        if (!(error instanceof FramingError)) throw error;
        lose(error.message);
      }
    });
    input.on('error', (error: Error) => {
      lose(error.message);
    });
    input.on('end', () => {
      if (isLost) return;
      if (framing.isBetween) listener.closed();
      else lose('the input ends inside a message');
    });
  };
}

function receive(body: Uint8Array, decoder: InstanceType<typeof TextDecoder>, listener: WireListener): void {
  let message: unknown;
  try {
    message = JSON.parse(decoder.decode(body));
  } catch (error) {
    listener.unreadable(error instanceof Error ? error.message : String(error));
    return;
  }
  listener.message(message);
}

/** Messages as objects: Node's channel between parent and child. */
export function listenToParent(child: NodeJS.Process): Listen {
  return (listener) => {
    child.on('message', (message: unknown) => {
      listener.message(message);
    });
    child.on('disconnect', () => {
      listener.closed();
    });
  };
}
