import { Worker } from 'node:worker_threads';
import type { Disposable } from 'vscode';
import type { TestsInText } from '../../simulator/language/tests-in-text.ts';
import type { FromTestThread, ToTestThread } from './protocol.ts';

/** Finds tests in texts, on a thread of its own that begins with the first question. */
export class TestFinder implements Disposable {
  private readonly script: string;
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, (found: TestsInText | null) => void>();
  private asked = 0;

  constructor(script: string) {
    this.script = script;
  }

  /** Null where the thread has ended instead of answering. */
  find(file: string, text: string): Promise<TestsInText | null> {
    const worker = (this.worker ??= this.start());
    const id = this.asked++;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      worker.postMessage({ type: 'find', id, file, text } satisfies ToTestThread);
    });
  }

  dispose(): void {
    const { worker } = this;
    this.forget();
    void worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.script);
    worker.unref();
    worker.on('message', (message: FromTestThread) => {
      if (message.type !== 'found') return;
      this.waiting.get(message.id)?.(message.found);
      this.waiting.delete(message.id);
    });
    const lost = (): void => {
      if (this.worker === worker) this.forget();
    };
    worker.on('error', lost).on('exit', lost);
    return worker;
  }

  private forget(): void {
    this.worker = null;
    for (const resolve of this.waiting.values()) resolve(null);
    this.waiting.clear();
  }
}
