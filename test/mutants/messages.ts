import type { StepPart } from './step-switches.ts';

/** A numbered step with one part of it switched off. */
export interface StepMutant {
  readonly kernelFunction: string;
  readonly label: string;
  readonly part: StepPart;
  /** The source function that the part stands in, where that is not the kernel function's own body. */
  readonly place: string;
}

/** What the main process asks of a child that runs tests. */
export type Request =
  /** To run every test as it is, and to tell which steps each of them takes. */
  | { readonly type: 'record' }
  /** To run these groups of tests, one after the other, until a test fails. */
  | { readonly type: 'try'; readonly mutant: StepMutant; readonly groups: readonly TestGroup[] };

export interface TestGroup {
  readonly tests: readonly number[];
  /** Of the processor, that they may take: more means that they do not end. */
  readonly seconds: number;
}

/** `isFull`: the child has taken much memory, and another one goes on. */
export type Reply = { readonly isFull: boolean } & Answer;

export type Answer =
  | { readonly type: 'recorded'; readonly coverage: Coverage }
  /** The title of the test that failed; null if none did. */
  | { readonly type: 'tried'; readonly killer: string | null };

export interface RecordedTest {
  readonly title: string;
  /** Of the processor. */
  readonly milliseconds: number;
  readonly failed: boolean;
}

export interface Coverage {
  readonly tests: readonly RecordedTest[];
  /** For each mutant the tests that come by it. */
  readonly mutants: readonly { readonly mutant: StepMutant; readonly tests: readonly number[] }[];
  /** Steps as `function label` that were taken. */
  readonly taken: readonly string[];
}
