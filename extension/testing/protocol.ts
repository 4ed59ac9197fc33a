/** What extension host and testing threads say to each other. */
import type { TestedFile, TestJob } from '../../simulator/cli/test/job.ts';
import type { TestsInText } from '../../simulator/language/tests-in-text.ts';

export type ToTestThread =
  | { readonly type: 'find'; readonly id: number; readonly file: string; readonly text: string }
  /** `folders` may be read from, beside the file's own. */
  | { readonly type: 'run'; readonly job: TestJob; readonly folders: readonly string[] };

export type FromTestThread =
  | { readonly type: 'found'; readonly id: number; readonly found: TestsInText }
  /** A test begins; of a file without tests, the file's own name. */
  | { readonly type: 'began'; readonly test: string }
  | { readonly type: 'done'; readonly tested: TestedFile };
