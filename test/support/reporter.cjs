// Mocha's own report, closed by one line that any reader (and any CI) can count by.
const { Runner, reporters } = require("mocha");

module.exports = class extends reporters.Spec {
  #retried = [];

  constructor(runner, options) {
    super(runner, options);
    runner.on(Runner.constants.EVENT_TEST_RETRY, (test, { message }) => {
      this.#retried.push(`${test.fullTitle()}: ${message.split("\n")[0]}`);
    });
  }

  epilogue() {
    super.epilogue();
    // On a busy machine a browser may be late for once; what is late again and again must not stay unseen.
    for (const what of this.#retried) console.log(`needed a second try: ${what}`);
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ""}`);
  }
};
