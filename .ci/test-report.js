// @ts-check
/**
 * A vitest reporter for `.ci/run`: writes to $CI_TEST_REPORT how many tests passed, failed and were skipped, in one
 * line, and then a line for each that was skipped, with the reason that it gives.
 */
import { writeFileSync } from 'node:fs';

/** @implements {import('vitest/node').Reporter} */
export default class TestReport {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    let passed = 0;
    // An error outside of any test, and a file or hook that breaks, are failures like that of a test.
    let failed = unhandledErrors.length;
    const skipped = [];
    for (const module of modules) {
      if (module.errors().length > 0) failed += 1;
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'skipped') {
          const reason = result.note ?? (test.options.mode === 'todo' ? 'todo' : 'it does not say why');
          skipped.push(`${module.relativeModuleId}: ${test.fullName}: ${reason}`);
        } else failed += 1;
      }
    }
    const report = process.env.CI_TEST_REPORT;
    if (report === undefined) return;
    writeFileSync(report, [`${passed} ${failed} ${skipped.length}`, ...skipped, ''].join('\n'));
  }
}
