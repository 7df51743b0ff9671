import type { AgentSettings } from "@ai-implement/contracts";
import type { DispatchPolicy } from "../core/dispatch/snapshot.ts";
import { type ExecutorKind, type Repository, repositorySlug } from "../core/project.ts";
import type { ReconcilePolicy } from "../core/reconcile/reconcile-run.ts";
import { createRedactor } from "../core/redact.ts";
import type { Run } from "../core/run.ts";
import type { Receiver } from "../core/runs/effects.ts";
import type { TicketId } from "../core/ticket.ts";
import { type Instant, seconds } from "../core/time.ts";
import type { Clock, NewId } from "../ports/clock.ts";
import type { JobIdentities } from "../ports/job-identities.ts";
import type { Logger } from "../ports/logger.ts";
import type { EffectRecord, KnownPullRequest, Store } from "../ports/store.ts";
import type { Adapters } from "./adapters.ts";
import type { Alarm } from "./alarm.ts";
import { createDeliver, createRefused } from "./effects/deliver.ts";
import { createEffectWorker } from "./effects/effect-worker.ts";
import type { Loop } from "./engine.ts";
import { createOperatorService, type OperatorService } from "./operator/operator-service.ts";
import { createProjectService, type ProjectService } from "./operator/project-service.ts";
import { createPoll, type Poll } from "./poll/poll.ts";
import { createReconcile, type Reconcile } from "./poll/reconcile.ts";
import { createWatchList, type WatchList } from "./poll/watch-list.ts";
import { createReceipts, type Receipts } from "./receipts/receipts.ts";
import { createGapFill, type GapFill } from "./reviews/gap-fill.ts";
import { createLooks, type Looks } from "./reviews/looks.ts";
import { createPullRequestLook } from "./reviews/pull-request-look.ts";
import { createJobMaker, type JobMaker, type JobProvisions } from "./runs/job-maker.ts";
import { createIntakeRedaction } from "./runs/redact-intake.ts";
import { createRepositoryAccesses } from "./runs/repository-accesses.ts";
import { createRunEvents, type RunEvents } from "./runs/run-events.ts";
import { createRunTokens, type RunTokens } from "./runs/run-tokens.ts";
import { createRunnerGateway, type RunnerGateway } from "./runs/runner-gateway.ts";
import { messageOf } from "./timeout.ts";

export interface ServicesOptions {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly policy: DispatchPolicy;
  readonly reconcilePolicy: ReconcilePolicy;
  readonly agent: AgentSettings;
  /** What goes into every job; none of it by default. */
  readonly provisions?: JobProvisions;
  /** Every configured secret: none of them is stored of what runners say (§11.10). */
  readonly secrets?: readonly string[];
  /** Signs what runners prove themselves with. */
  readonly tokenSecret: string;
  /** How a runner reaches us; asked at each dispatch, because it is known only once we listen. */
  readonly orchestratorUrl: () => string;
  /** Who jobs on the code host's machines are; null: no executor here has such. */
  readonly identities: JobIdentities | null;
  /** What a run on this repository works in; null: the executor's own default. Never throws. */
  readonly imageFor: (repository: Repository, executor: ExecutorKind) => Promise<string | null>;
  /** Brings the templates in a project's repository up to date. @throws DeliveryError */
  readonly syncTemplates: (projectKey: string) => Promise<void>;
  /** A run may begin with what people asked for on this ticket's pull request, from then on. */
  readonly onFeedback: (ticketId: TicketId, readyAt: Instant) => void;
  /** Rings when something changed that the next decision should see. */
  readonly pollAlarm: Alarm;
  /** Rings when effects were recorded. */
  readonly effectAlarm: Alarm;
  /** One delivery's time limit, in ms. */
  readonly deliveryTimeoutMs?: number;
  /** Called after each delivery that succeeded. */
  readonly onDelivered?: (record: EffectRecord) => void;
}

export interface Services {
  /** By `lookKey`. */
  readonly pullRequestLooks: Looks<KnownPullRequest>;
  /** By the run's id. */
  readonly runLooks: Looks<Run>;
  readonly gapFill: GapFill;
  readonly runEvents: RunEvents;
  readonly tokens: RunTokens;
  readonly jobs: JobMaker;
  readonly receipts: Receipts;
  readonly runnerGateway: RunnerGateway;
  readonly reconcile: Reconcile;
  readonly poll: Poll;
  /** What the poll knows, for the webhooks. */
  readonly watchList: WatchList;
  readonly effectWorker: Loop;
  readonly projects: ProjectService;
  readonly operator: OperatorService;
}

/**
 * Lanes of one receiver that deliver at once. A tracker puts many tickets' writes into one request: they come together.
 * On Actions the first dispatch of each repository waits for a token: those of other repositories wait beside it, and
 * how many are sent at once is the business of the vendor's gate.
 */
const placesOf = (receiver: Receiver): number =>
  receiver.startsWith("tracker:") || receiver === "executor:github-actions" ? 128 : 32;

/** Of one pull request, over all forges. */
export const lookKey = ({ repository, pullRequest }: KnownPullRequest): string =>
  `${repository.forge}:${repositorySlug(repository)}#${pullRequest.number}`;

/** The services over whatever store and adapters they are given. Nothing polls or delivers yet. */
export const createServices = (options: ServicesOptions): Services => {
  const { store, adapters, clock, newId, logger, policy, pollAlarm, effectAlarm } = options;
  const intake = createIntakeRedaction(createRedactor(options.secrets ?? []));
  const runEvents = createRunEvents({
    intake,
    store,
    clock,
    logger,
    retry: policy.retry,
    onEffects: effectAlarm.wake,
    onEnded: pollAlarm.wake,
  });

  const tokens = createRunTokens(options.tokenSecret);
  const { orchestratorUrl, onDelivered, identities, provisions = {} } = options;
  const accesses = createRepositoryAccesses({ adapters, clock });
  const jobs = createJobMaker({ store, adapters, tokens, accesses, agent: options.agent, provisions });
  const runnerGateway = createRunnerGateway({
    store,
    adapters,
    runEvents,
    tokens,
    intake,
    jobs,
    accesses,
    identities,
    orchestratorUrl,
  });

  const { onFeedback } = options;
  const look = createPullRequestLook({
    store,
    adapters,
    runEvents,
    clock,
    logger,
    onEffects: effectAlarm.wake,
    onFeedback,
  });
  const pullRequestLooks = createLooks({
    look,
    onError: ({ pullRequest }, error) =>
      logger.warn(
        { pullRequest: pullRequest.url, error: messageOf(error) },
        "pull request could not be read",
      ),
  });
  const lookAt = (known: KnownPullRequest): Promise<void> => pullRequestLooks.now(lookKey(known), known);
  const gapFill = createGapFill({ store, lookAt, onFeedback, clock, logger });

  const reconcile = createReconcile({
    store,
    adapters,
    runEvents,
    lookAt,
    policy: options.reconcilePolicy,
    clock,
    logger,
  });
  const runLooks = createLooks({
    look: reconcile.run,
    onError: (run: Run, error) =>
      logger.warn({ run: run.id, error: messageOf(error) }, "run could not be reconciled"),
  });
  const watchList = createWatchList();
  const poll = createPoll({
    store,
    adapters,
    reconcile,
    policy,
    clock,
    newId,
    logger,
    watchList,
    onEffects: effectAlarm.wake,
    onFullLookWanted: pollAlarm.wake,
  });

  const { imageFor, syncTemplates } = options;
  const receipts = createReceipts(options.tokenSecret);
  const deliver = createDeliver({
    store,
    adapters,
    runEvents,
    tokens,
    jobs,
    accesses,
    receipts,
    clock,
    orchestratorUrl,
    imageFor,
    syncTemplates,
  });
  const effectWorker = createEffectWorker({
    queue: store.effects,
    clock,
    logger,
    alarm: effectAlarm,
    deliver: async (record) => {
      await deliver(record);
      onDelivered?.(record);
    },
    refused: createRefused(runEvents),
    placesOf,
    timeoutMs: options.deliveryTimeoutMs ?? seconds(60),
  });

  const onChange = (): void => {
    effectAlarm.wake();
    pollAlarm.wake();
  };
  const operator = createOperatorService({ store, adapters, runEvents, clock, onChange });
  const projects = createProjectService({ store, adapters, clock, onChange });
  return {
    pullRequestLooks,
    runLooks,
    gapFill,
    runEvents,
    tokens,
    jobs,
    receipts,
    runnerGateway,
    reconcile,
    poll,
    watchList,
    effectWorker,
    projects,
    operator,
  };
};
