/** Expressions hold calls and calls hold expressions: here the two meet. Imported by whatever begins a run. */
import { performCall } from './calls.ts';
import { joinCalls } from './evaluate.ts';
import { observe } from './observe.ts';

joinCalls({ performCall, observe });
