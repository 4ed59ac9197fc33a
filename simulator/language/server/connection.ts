/** A connection to a client whose messages are guarded, and whose end is the host's to decide. */
import {
  createConnection,
  createProtocolConnection,
  ProposedFeatures,
  type Connection,
  type MessageWriter,
  type WatchDog,
} from 'vscode-languageserver';
import { Dialogue } from './dialogue.ts';
import { GuardedReader, GuardedWriter } from './guard.ts';
import type { Listen } from './transport.ts';

/** The process or worker that runs the server. */
export interface ServerHost {
  /** Ends it. `complaint` is for people: why a code is not 0. */
  end(code: number, complaint?: string): void;
  /** Ends it with that code as soon as the process of the editor is gone. */
  endWith(clientProcess: number, code: () => number): void;
}

/** Exit codes: the editor has gone without a word; what it sends cannot be understood. */
const Ended = { well: 0, abandoned: 1, confused: 2 } as const;

export function connectTo(listen: Listen, writer: MessageWriter, host: ServerHost): Connection {
  const dialogue = new Dialogue();
  let hasClientLeft = false;
  const codeOfEnd = (): number => (dialogue.isShutDown ? Ended.well : Ended.abandoned);
  // Who has closed the input may still read answers.
  const endIfAnswered = (): void => {
    if (hasClientLeft && !dialogue.isWaitedFor) host.end(codeOfEnd());
  };
  const reader = new GuardedReader(listen, writer, dialogue, {
    dropped: (why) => {
      connection.console.error(`Ignored a notification. ${why}`);
    },
    lost: (reason) => {
      host.end(Ended.confused, `cannot follow the client's messages: ${reason}. ${expected}`);
    },
    closed: () => {
      hasClientLeft = true;
      endIfAnswered();
    },
  });
  // Nobody reads answers any more.
  writer.onError(() => {
    host.end(codeOfEnd());
  });
  const guarded = new GuardedWriter(writer, dialogue, endIfAnswered);
  const connection: Connection = createConnection(
    (logger) => createProtocolConnection(reader, guarded, logger),
    watchDog(host, codeOfEnd),
    ProposedFeatures.all,
  );
  return connection;
}

function watchDog(host: ServerHost, codeOfEnd: () => number): WatchDog {
  return {
    shutdownReceived: false,
    initialize: ({ processId }) => {
      if (processId !== null) host.endWith(processId, codeOfEnd);
    },
    exit: (code) => {
      host.end(code);
    },
  };
}

const expected = 'A message is the header "Content-Length: N", an empty line, and N bytes of JSON';
