// Mocha's reporter for a run among others: a dot for each test, failures in full, the totals so far into a file.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class TotalsReporter extends reporters.Dot {
  /**
   * @param {import('mocha').Runner} runner
   * @param {import('mocha').MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    this.file = options.reporterOptions.output;
    // A run that is killed leaves what it has come to.
    runner.on('test end', () => this.#write(this.stats.failures, false));
  }

  done(failures, finish) {
    this.#write(failures, true);
    finish(failures);
  }

  /** @param {number} failed @param {boolean} isWhole */
  #write(failed, isWhole) {
    const { passes, pending } = this.stats;
    writeFileSync(this.file, JSON.stringify({ passed: passes, failed, skipped: pending, isWhole }));
  }
};
