import { type ExecutorKind, type Repository, repositorySlug } from "../../core/project.ts";
import { type Instant, minutes, seconds } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { type Adapters, forgeFor } from "../adapters.ts";
import { messageOf, withTimeout } from "../timeout.ts";
import { problemsOfConfig, type ReadImage, readImage } from "./read-settings.ts";
import type { SettingsProblem } from "./settings-problem.ts";

export interface RepositoryCheck {
  /** Null: the repository names none, or none that is used. */
  readonly image: string | null;
  readonly problems: readonly SettingsProblem[];
  readonly checkedAt: Instant;
  /** Why the files could not be read; null: they were, or there are none. */
  readonly error: string | null;
}

/** What a repository says of itself on its default branch (§8.4, §10.2). */
export interface RepositoryFiles {
  /**
   * Which image a run works in: `.ai-implement/image.yml`, else `SESSION_IMAGE`, else null; the docker executor has a default
   * of its own instead of the second (§4.1). Never throws, waits 5 s at most.
   */
  imageFor(repository: Repository, executor: ExecutorKind): Promise<string | null>;
  /** Looks now, for people; what it finds counts for the next run. Never throws. */
  check(repository: Repository): Promise<RepositoryCheck>;
}

export interface RepositoryFilesDependencies {
  readonly adapters: Pick<Adapters, "forges">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `SESSION_IMAGE`. */
  readonly sessionImage: string | null;
  /** How long a dispatch waits for the code host, in ms. Default 5,000. */
  readonly patienceMs?: number;
}

const keepMs = minutes(5);
const keepAfterFailureMs = minutes(1);
const checkTimeoutMs = seconds(15);

interface Known {
  readonly image: string | null;
  readonly until: Instant;
}

export const createRepositoryFiles = (dependencies: RepositoryFilesDependencies): RepositoryFiles => {
  const { adapters, clock, logger, sessionImage, patienceMs = seconds(5) } = dependencies;
  const known = new Map<string, Known>();
  const looks = new Map<string, Promise<string | null>>();

  const look = async (repository: Repository): Promise<ReadImage> =>
    readImage(forgeFor(adapters, repository.forge), repository);

  const remember = (key: string, image: string | null, keptMs: number): string | null => {
    known.set(key, { image, until: clock.now() + keptMs });
    return image;
  };

  /** A failed look is never "absent": what was known before holds on. */
  const refresh = async (key: string, repository: Repository): Promise<string | null> => {
    try {
      const { image, problems } = await withTimeout(look(repository), patienceMs, "The code host");
      for (const problem of problems)
        logger.warn(
          { repository: repositorySlug(repository), ...problem },
          "a repository's file is not right",
        );
      return remember(key, image, keepMs);
    } catch (error) {
      logger.warn(
        { repository: repositorySlug(repository), error: messageOf(error) },
        "a repository's image could not be read; what was known before is used",
      );
      return remember(key, known.get(key)?.image ?? null, keepAfterFailureMs);
    }
  };

  const once = async (key: string, repository: Repository): Promise<string | null> => {
    const answer = looks.get(key) ?? refresh(key, repository).finally(() => looks.delete(key));
    looks.set(key, answer);
    return answer;
  };

  return {
    async imageFor(repository, executor) {
      const key = keyOf(repository);
      const kept = known.get(key);
      const image = kept !== undefined && clock.now() < kept.until ? kept.image : await once(key, repository);
      return image ?? (executor === "docker" ? null : sessionImage);
    },

    async check(repository) {
      try {
        const asked = Promise.all([
          look(repository),
          problemsOfConfig(forgeFor(adapters, repository.forge), repository),
        ]);
        const [{ image, problems }, more] = await withTimeout(asked, checkTimeoutMs, "The code host");
        remember(keyOf(repository), image, keepMs);
        return { image, problems: [...problems, ...more], checkedAt: clock.now(), error: null };
      } catch (error) {
        const image = known.get(keyOf(repository))?.image ?? null;
        return { image, problems: [], checkedAt: clock.now(), error: messageOf(error) };
      }
    },
  };
};

const keyOf = (repository: Repository): string =>
  `${repository.forge}:${repositorySlug(repository).toLowerCase()}:${repository.defaultBranch}`;
