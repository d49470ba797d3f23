import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { Failure, VitestReport } from './results.ts';

/** Vitest's own error shape, as far as it is read here. */
interface TestError {
  message: string;
  stack?: string | undefined;
  /** What was expected beside what was there, in lines; its message has it shortened or not at all. */
  diff?: string | undefined;
}

/** Writes what a run came to into a file. Vitest's own JSON leaves out how what was there differs from what was expected. */
export class ReportWriter implements Reporter {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const report: VitestReport = { passed: 0, failures: [] };
    for (const module of modules) {
      const found: Failure[] = module.errors().map((error) => ({ name: module.moduleId, reason: reasonOf(error) }));
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state === 'passed') report.passed += 1;
        else found.push({ name: `${module.moduleId} › ${test.fullName}`, reason: errors?.map(reasonOf)[0] ?? state });
      }
      // What fails in a hook fails no test by name.
      for (const suite of module.children.allSuites()) {
        found.push(...suite.errors().map((error) => ({ name: `${module.moduleId} › ${suite.fullName}`, reason: reasonOf(error) })));
      }
      report.failures.push(...found);
    }
    writeFileSync(this.#file, JSON.stringify(report));
  }
}

function reasonOf({ message, stack, diff }: TestError): string {
  return [diff, stack ?? message].filter((part) => part !== undefined && part !== '').join('\n');
}
