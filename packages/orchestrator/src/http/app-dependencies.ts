import type { PipelinesAnswer } from "@ai-implement/contracts";
import type { Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { JiraDirectory } from "../ports/jira-directory.ts";
import type { Logger } from "../ports/logger.ts";
import type { Store } from "../ports/store.ts";
import type { Health } from "../services/health.ts";
import type { OperatorService } from "../services/operator/operator-service.ts";
import type { ProjectService } from "../services/operator/project-service.ts";
import type { Receipts } from "../services/receipts/receipts.ts";
import type { PullStandings } from "../services/repository/pull-standings.ts";
import type { RepositoryStatuses } from "../services/repository/repository-status.ts";
import type { GapFill } from "../services/reviews/gap-fill.ts";
import type { RunnerGateway } from "../services/runs/runner-gateway.ts";
import type { TemplateSync } from "../services/templates/template-sync.ts";
import type { ForgeWebhooks } from "../services/webhooks/forge-webhooks.ts";
import type { TrackerWebhooks } from "../services/webhooks/tracker-webhooks.ts";
import type { SessionStore } from "./auth/session-store.ts";

/** What the read routes ask of the store; every write goes through a service. */
export type ReadStore = Pick<
  Store,
  "listRuns" | "runDetails" | "listKnownTickets" | "listPullRequests" | "listLeases"
>;

export interface AppDependencies {
  readonly store: ReadStore;
  readonly clock: Clock;
  readonly runnerGateway: RunnerGateway;
  readonly receipts: Receipts;
  readonly trackerWebhooks: TrackerWebhooks;
  readonly forgeWebhooks: Pick<ForgeWebhooks, "receive">;
  readonly gapFill: GapFill;
  /** Bearer of the gap-fill trigger; null: the endpoint is disabled (§4.1). */
  readonly gapFillSecret: string | null;
  readonly projects: ProjectService;
  readonly operator: OperatorService;
  readonly templateSync: Pick<TemplateSync, "sync">;
  readonly repositoryStatuses: RepositoryStatuses;
  readonly pullStandings: PullStandings;
  readonly pipelines: PipelinesAnswer;
  /** Null: Jira is not configured. */
  readonly jiraDirectory: JiraDirectory | null;
  readonly health: Health;
  /** `null`: the admin API is not there at all, every route of it answers 404 (§4.1). */
  readonly accessCode: string | null;
  readonly version: string;
  readonly logger: Logger;
  readonly startedAt: Instant;
  /** In memory when absent: people sign in again after a restart. */
  readonly sessions?: SessionStore;
}
