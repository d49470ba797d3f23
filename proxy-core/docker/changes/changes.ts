import type Dockerode from 'dockerode';
import type { RunImage, TrustMethod } from '../../rrpair/containers.ts';
import type { CertificateAuthority } from '../../tls/authority.ts';

/** What was changed at the user's Docker and stands until it is undone. */
export type AppliedChange = {
  /** Of the change, in the journal. */
  readonly id: string;
  readonly method: TrustMethod;
  /** The container that bears the change: the twin, the started image, else the user's own. Full id. */
  readonly container: string;
  /** The name it was asked for by, without a slash. */
  readonly name: string;
  /** The stopped and renamed original behind a twin; null for the other methods. */
  readonly original: string | null;
  /** What the user should know of it, such as programs that this method does not reach; empty when there is nothing. */
  readonly note: string;
};

/** Says what is being done right now, for the user; empty at the end. */
export type Progress = (step: string) => void;

export type Undone = {
  /** The container that goes on under the name: the original, or the user's own; null when there is none any more. Full id. */
  readonly container: string | null;
  /** What was not put back because somebody else changed it meanwhile, each with what to do; empty when everything is as it was. */
  readonly notes: readonly string[];
};

export type SweepResult = {
  /** Changes that were undone. */
  readonly undone: number;
  /** Changes that stay in the journal, for the next sweep: Docker was away, refused, or is another one. */
  readonly left: number;
};

/**
 * Changes to the user's Docker. Each is in the journal on disk, with all that undoes it, before it is made; so what a crash leaves behind is
 * undone by the next `sweep`.
 *
 * A container is named by its id, the beginning of it, or its name. All methods throw SidetapError: `docker-unavailable`,
 * `container-not-found`, `container-not-capturable` (this way does not fit it; the sentence names those that do), `container-busy` (another
 * change of it is under way or stands), `container-change-failed` (Docker refused; what had been done is undone), `image-not-found`,
 * `data-dir-unusable` (the journal cannot be written, and nothing was changed).
 */
export interface Changes {
  /** All that stands, in the order in which it was made, without what a crash left. */
  applied(): readonly AppliedChange[];
  /** What stands for a container, by its full id: that of the user's own, the twin or its original, or the started image. */
  appliedTo(container: string): AppliedChange | null;
  /** Adds our CA to the bundles of a container, which may be running. */
  applyBundle(container: string, progress?: Progress): Promise<AppliedChange>;
  /** The same and restarts it in place. One for which the bundle stands already is only restarted. */
  applyRestart(container: string, progress?: Progress): Promise<AppliedChange>;
  /** Puts a twin that trusts our CA in the place of a running container. */
  applyTwin(container: string, progress?: Progress): Promise<AppliedChange>;
  /** Undoes what stands for a container; nothing when nothing does. A failed part stays in the journal and is tried again by `sweep`. */
  undo(container: string, progress?: Progress): Promise<Undone>;
  /** Starts a container from an image, with trust in place; pulls the image when it is not there. */
  run(options: RunImage, progress?: Progress): Promise<AppliedChange>;
  /** Stops and removes what `run` made, its anonymous volumes too. */
  remove(container: string, progress?: Progress): Promise<void>;
  /**
   * Undoes what an earlier run, or a failed undo, left. To be called whenever Docker is reached anew; never throws for Docker's sake, tells
   * the user through `notify`.
   */
  sweep(): Promise<SweepResult>;
  /** Lets what is under way end, then lets go of the journal. Undoes nothing: what stands then is left for the next `sweep`. */
  close(): Promise<void>;
}

export interface ChangesParts {
  /** The Docker that is reached right now, or null while there is none. */
  docker(): Dockerode | null;
  /** Where the journal is kept. */
  dataDir: string;
  authority(): Promise<Pick<CertificateAuthority, 'caPath' | 'pem'>>;
  notify(notice: { id: string; level: 'info' | 'warning' | 'error'; text: string }): void;
}
