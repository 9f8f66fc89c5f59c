// Mocha's own report, closed by one line that any reader (and any CI) can count by.
const { Spec } = require("mocha").reporters;

module.exports = class extends Spec {
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ""}`);
  }
};
