/** The tests of some files, loaded once and run again and again: all of them, or some. */
import Mocha from 'mocha';

interface Listener {
  readonly begins: (index: number) => void;
  readonly ends: (index: number, failed: boolean) => void;
}

export class LoadedTests {
  private readonly mocha: Mocha;
  private readonly tests: Mocha.Test[] = [];
  private listener: Listener | null = null;
  private failure: string | null = null;

  private constructor(mocha: Mocha, isWanted: (title: string) => boolean) {
    this.mocha = mocha;
    mocha.suite.eachTest((test) => {
      if (isWanted(test.fullTitle())) this.tests.push(test);
    });
  }

  /** The tests of these files whose full titles are wanted. */
  static async load(files: readonly string[], isWanted: (title: string) => boolean): Promise<LoadedTests> {
    const mocha = new Mocha({ ui: 'bdd', timeout: 0, reporter: 'min' });
    mocha.cleanReferencesAfterRun(false);
    for (const file of files) mocha.addFile(file);
    await mocha.loadFilesAsync();
    const loaded = new LoadedTests(mocha, isWanted);
    mocha.reporter(reporterFor(loaded));
    return loaded;
  }

  get count(): number {
    return this.tests.length;
  }

  titleOf(index: number): string {
    return (this.tests[index] as Mocha.Test).fullTitle();
  }

  /** Runs every test, whatever fails. */
  async runAll(listener: Listener): Promise<void> {
    this.listener = listener;
    this.mocha.bail(false);
    await this.run(new Set(this.tests));
    this.listener = null;
  }

  /** Runs these tests until one fails, and gives its title. */
  async runUntilFailure(indices: readonly number[]): Promise<string | null> {
    this.mocha.bail(true);
    await this.run(new Set(indices.map((index) => this.tests[index] as Mocha.Test)));
    return this.failure;
  }

  private async run(wanted: ReadonlySet<Mocha.Test>): Promise<void> {
    this.failure = null;
    const whole = new Map<Mocha.Suite, Mocha.Test[]>();
    eachSuite(this.mocha.suite, (suite) => {
      whole.set(suite, suite.tests);
      suite.tests = suite.tests.filter((test) => wanted.has(test));
    });
    await new Promise<void>((resolve) => {
      this.mocha.run(() => {
        resolve();
      });
    });
    for (const [suite, tests] of whole) suite.tests = tests;
  }

  /** Called by the reporter. */
  note(event: 'begins' | 'ends' | 'fails', runnable: Mocha.Runnable): void {
    const index = this.tests.indexOf(runnable as Mocha.Test);
    if (event === 'fails') this.failure ??= runnable.fullTitle();
    else if (event === 'begins') this.listener?.begins(index);
    else this.listener?.ends(index, runnable.isFailed());
  }
}

function reporterFor(loaded: LoadedTests): Mocha.ReporterConstructor {
  return class {
    constructor(runner: Mocha.Runner) {
      runner.on('test', (test) => {
        loaded.note('begins', test);
      });
      runner.on('test end', (test) => {
        loaded.note('ends', test);
      });
      runner.on('fail', (runnable) => {
        loaded.note('fails', runnable);
      });
    }
  } as unknown as Mocha.ReporterConstructor;
}

function eachSuite(suite: Mocha.Suite, visit: (suite: Mocha.Suite) => void): void {
  visit(suite);
  for (const inner of suite.suites) eachSuite(inner, visit);
}
