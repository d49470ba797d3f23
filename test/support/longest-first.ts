import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take long, with their seconds on two busy cores, by what a run's JSON report said. Files that are not named take less than the last
 * of these.
 */
export const SECONDS: Readonly<Record<string, number>> = {
  'test/docker/changes/crash.test.ts': 264,
  'test/cli/docker.test.ts': 215,
  'test/cli/pairs.test.ts': 208,
  'test/docker/mode/bad-days.test.ts': 109,
  'test/transfer/files.test.ts': 74,
  'test/docker/mode/trust.test.ts': 71,
  'test/cli/files.test.ts': 70,
  'test/export/code/languages.test.ts': 69,
  'test/docker/changes/fixes.test.ts': 67,
  'test/cli/sending.test.ts': 64,
  'test/agent/dead-man.test.ts': 58,
  'test/transfer/large.test.ts': 56,
  'test/api/engine.test.ts': 55,
  'test/cli/capture.test.ts': 54,
  'test/cli/command.test.ts': 50,
  'test/agent/transparent.test.ts': 46,
  'test/transfer/marks.test.ts': 43,
  'test/docker/changes/daemon-death.test.ts': 42,
  'test/capture/memory.test.ts': 42,
  'test/cli/marks.test.ts': 42,
  'test/transfer/snapshots.test.ts': 40,
  'test/bad-days/crowds.test.ts': 40,
  'test/docker/changes/run.test.ts': 38,
  'test/launch/browsers.test.ts': 35,
  'test/store/lists.test.ts': 33,
  'test/package/package.test.ts': 31,
  'test/docker/changes/clients.test.ts': 30,
  'test/docker/image/image.test.ts': 29,
  'test/docker/mode/attach.test.ts': 28,
  'test/docker/mode/daemon.test.ts': 26,
  'test/capture/fidelity.test.ts': 26,
  'test/cli/certs.test.ts': 25,
  'test/cli/containers.test.ts': 25,
  'test/bad-days/streams.test.ts': 25,
  'test/transfer/sessions.test.ts': 24,
  'proxy-core/store/keyed-rows.test.ts': 22,
  'test/bad-days/stop.test.ts': 20,
  'test/agent/pressure.test.ts': 20,
  'test/launch/terminal.test.ts': 20,
  'test/wire/amqp.test.ts': 20,
  'test/bad-days/disk.test.ts': 20,
};

/**
 * Long files first, so that none is left alone at the end with idle cores around it. Vitest does that by the durations of the run before, which
 * a fresh checkout does not have, and puts large files first there; the longest is not large.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = (file: TestSpecification): number => SECONDS[relative(this.ctx.config.root, file.moduleId)] ?? 0;
    return (await super.sort(files)).toSorted((one, other) => seconds(other) - seconds(one));
  }
}
