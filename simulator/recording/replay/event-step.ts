/** One event of a log: a call that is issued, one that completes, another thread, the end by a signal. */
import { type KernelGenerator, markCall } from '../../session/calls/replay-host.ts';
import { performDiscard, performMmap, performMprotect, performMunmap } from './map-calls.ts';
import type { MemoryCall } from '../logs/memory-call.ts';
import { performMremap, performShmat, performShmdt } from './move-calls.ts';
import { performBrk } from './heap-calls.ts';
import { performSignal } from './handled-signal.ts';
import { performExit, performFork, performThread } from './process-calls.ts';
import { emulate, type ReplayContext } from './replay-context.ts';
import { noteSignal } from './signals.ts';
import { effectOf } from '../order/replay-plan.ts';

/** The signal's number above this is the exit code, as shells have it. */
const SIGNAL_CODE = 128;

export function* performEvent(context: ReplayContext): KernelGenerator<void> {
  const { log, run, here, line } = context;
  const event = log.events[context.event];
  if (event === undefined) {
    emulate(context, 'the log ends here, so the process ends', 'the program that it became was not recorded');
    yield* performExit(context, 0);
    return;
  }
  if (event.kind === 'killed' || event.kind === 'call') markCall(run, here, event.name, line);
  if (event.kind === 'call') noteSignal(context, event);
  if (event.kind === 'killed') yield* performExit(context, SIGNAL_CODE + event.signal);
  if (event.kind === 'signal') yield* performSignal(context, event);
  const effect = effectOf(log, event)?.effect;
  if (effect !== undefined) yield* performEffect(context, effect);
}

function* performEffect(context: ReplayContext, effect: MemoryCall): KernelGenerator<void> {
  const { self, state } = context;
  switch (effect.kind) {
    case 'mmap':
      return yield* performMmap(context, effect);
    case 'munmap':
      return yield* performMunmap(context, effect.address, effect.length);
    case 'mprotect':
      return yield* performMprotect(context, effect);
    case 'mremap':
      return yield* performMremap(context, effect);
    case 'brk':
      return yield* performBrk(context, effect.end);
    case 'discard':
      return yield* performDiscard(context, effect.address, effect.length);
    case 'fork':
      return yield* performFork(context);
    case 'thread':
      return yield* performThread(context);
    case 'exit':
      return yield* performExit(context, effect.code);
    case 'shmat':
      return yield* performShmat(context, effect);
    case 'shmdt':
      return yield* performShmdt(context, effect.address);
    case 'shmget':
      state.segments.set(effect.id, effect.length);
      return;
    case 'open':
      self.descriptors.set(effect.descriptor, effect.path);
      return;
    case 'dup':
      self.descriptors.set(effect.to, self.descriptors.get(effect.from) ?? '');
      return;
    case 'exec':
    case 'other':
      return;
  }
}
