import type { SyncAnswer, TemplateFile } from "@ai-implement/contracts";
import { type Repository, repositorySlug } from "../../core/project.ts";
import { planSync } from "../../core/templates/assess-templates.ts";
import { syncBody, syncBranch, syncTitle } from "../../core/templates/sync-message.ts";
import type { Templates } from "../../core/templates/wanted-files.ts";
import { minutes } from "../../core/time.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Store } from "../../ports/store.ts";
import type { Adapters } from "../adapters.ts";
import { withTimeout } from "../timeout.ts";
import { createTurns } from "../turns.ts";
import { lookAtTemplates } from "./look-at-templates.ts";
import { sha256 } from "./sha256.ts";
import { needOfProject, needOfRepository, type TemplateNeed } from "./template-need.ts";

type NotNeeded = Exclude<TemplateNeed, { kind: "needed" }>;

export type SyncOutcome = { readonly kind: "done"; readonly answer: SyncAnswer } | NotNeeded;

export type TemplateStatus = { readonly kind: "done"; readonly files: readonly TemplateFile[] } | NotNeeded;

/** Keeps the files of `templates/` in the projects' repositories, by pull requests that people merge (§12). */
export interface TemplateSync {
  /** One branch, one commit, one pull request for each repository, however often and for whichever of its projects. @throws DeliveryError */
  sync(projectKey: string): Promise<SyncOutcome>;
  /** For the effect: a project that is gone, or needs nothing, is success. @throws DeliveryError */
  deliver(projectKey: string): Promise<void>;
  /** Only looks. @throws DeliveryError */
  status(projectKey: string): Promise<TemplateStatus>;
}

export interface TemplateSyncDependencies {
  readonly store: Pick<Store, "listProjects">;
  readonly adapters: Adapters;
  readonly templates: () => Promise<Templates>;
  readonly logger: Logger;
}

/** The vendor's own limits end it earlier; this one keeps a forge that hangs from blocking the repository for ever. */
const syncTimeoutMs = minutes(3);

export const createTemplateSync = (dependencies: TemplateSyncDependencies): TemplateSync => {
  const { templates } = dependencies;
  const turns = createTurns<SyncOutcome>();

  const sync = async (projectKey: string): Promise<SyncOutcome> => {
    const need = await needOfProject(dependencies, projectKey);
    if (need.kind !== "needed") return need;
    const slug = repositorySlug(need.repository);
    return turns.take(slug.toLowerCase(), () =>
      withTimeout(bringUpToDate(dependencies, need.repository), syncTimeoutMs, `The sync of ${slug}`),
    );
  };

  return {
    sync,
    async deliver(projectKey) {
      await sync(projectKey);
    },
    async status(projectKey) {
      const need = await needOfProject(dependencies, projectKey);
      if (need.kind !== "needed") return need;
      const { forge, repository, wanted } = need;
      return { kind: "done", files: await lookAtTemplates(forge, repository, wanted, await templates()) };
    },
  };
};

/** Asks again what is needed: others may have saved a project of this repository while this waited for its turn. */
const bringUpToDate = async (
  dependencies: TemplateSyncDependencies,
  asked: Repository,
): Promise<SyncOutcome> => {
  const need = await needOfRepository(dependencies, asked);
  if (need.kind !== "needed") return need;
  const { forge, repository, wanted } = need;
  const templates = await dependencies.templates();
  const files = await lookAtTemplates(forge, repository, wanted, templates);
  const writes = planSync({ wanted, templates, digest: sha256 }, files);
  if (writes.size === 0) return done({ outcome: "up-to-date", pullRequest: null, files: [...files] });
  const { pullRequest, outcome } = await forge.propose({
    repository,
    branch: syncBranch,
    title: syncTitle,
    body: syncBody(files),
    commitMessage: syncTitle,
    files: writes,
  });
  const { number, url } = pullRequest;
  dependencies.logger.info(
    { repository: repositorySlug(repository), pullRequest: number, outcome, files: [...writes.keys()] },
    "workflows proposed to a repository",
  );
  return done({
    outcome: outcome === "updated" ? "updated" : "proposed",
    pullRequest: { number, url },
    files: [...files],
  });
};

const done = (answer: SyncAnswer): SyncOutcome => ({ kind: "done", answer });
