// Mocha's reporter for a run among others: a dot for each test, failures in full, the totals into a file.
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
  }

  done(failures, finish) {
    const { passes, pending } = this.stats;
    writeFileSync(this.file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    finish(failures);
  }
};
