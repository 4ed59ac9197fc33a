import type { TestItem, TestItemCollection, TestRunRequest } from 'vscode';

/** A file, and which of its tests are to be run. */
export interface ChosenFile {
  readonly file: TestItem;
  /** Null: all, also those that nobody has found yet. */
  readonly tests: readonly TestItem[] | null;
}

/** What a request asks for, by file. Without `include` it is everything. */
export function chosenFiles(
  { include, exclude = [] }: Pick<TestRunRequest, 'include' | 'exclude'>,
  all: TestItemCollection,
): ChosenFile[] {
  const excluded = new Set(exclude);
  const chosen = new Map<TestItem, Set<TestItem> | null>();
  for (const item of include ?? [...all].map(([, file]) => file)) {
    if (excluded.has(item)) continue;
    const { parent } = item;
    if (parent === undefined) chosen.set(item, null);
    else if (chosen.get(parent) !== null && !excluded.has(parent))
      chosen.set(parent, (chosen.get(parent) ?? new Set<TestItem>()).add(item));
  }
  return [...chosen].map(([file, tests]) => {
    const isPart = tests === null && [...file.children].some(([, child]) => excluded.has(child));
    const wanted = isPart ? [...file.children].map(([, child]) => child) : tests === null ? null : [...tests];
    return { file, tests: wanted?.filter((test) => !excluded.has(test)) ?? null };
  });
}
