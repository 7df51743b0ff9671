import type { FastifyInstance, InjectOptions } from "fastify";
import type { Instant } from "../../core/time.ts";
import type { Logger } from "../../ports/logger.ts";
import { createReceipts } from "../../services/receipts/receipts.ts";
import { createApp } from "../app.ts";
import type { AppDependencies } from "../app-dependencies.ts";
import { startOfTests, ticket } from "./fixtures.ts";
import { type Contents, createMemoryReadStore } from "./memory-read-store.ts";
import { memoryRepositories } from "./memory-repositories.ts";
import { createMemoryGateway, createMemoryOperator, createMemoryProjects } from "./services.ts";

export const accessCode = "open sesame";

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly log: readonly LogLine[];
  /** Moves the clock on, in ms. */
  wait(ms: number): void;
  signIn(): Promise<string>;
  /** Asks as somebody who is signed in. */
  ask(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, more?: InjectOptions): Promise<Answered>;
}

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export const createTestApp = async (
  overrides: Partial<AppDependencies> & { readonly contents?: Contents } = {},
): Promise<TestApp> => {
  const { contents = {}, ...dependencies } = overrides;
  let now: Instant = startOfTests;
  const log: LogLine[] = [];
  const app = await createApp({
    store: createMemoryReadStore(contents),
    clock: { now: () => now },
    runnerGateway: createMemoryGateway(),
    receipts: createReceipts("a secret of the tests"),
    trackerWebhooks: { receive: async () => "refused", stop: () => undefined },
    forgeWebhooks: { receive: async () => "refused" },
    gapFill: async () => ({ kind: "not-found" }),
    gapFillSecret: null,
    projects: createMemoryProjects("busy"),
    operator: createMemoryOperator(ticket().id),
    ...memoryRepositories,
    pipelines: { pipelines: [], steps: [] },
    jiraDirectory: null,
    health: {
      poll: () => ({ lastPollAt: now, failingTrackers: new Map(), ticketProblems: [] }),
      notReady: async () => null,
    },
    accessCode,
    version: "1.2.3",
    logger: loggerInto(log),
    startedAt: startOfTests,
    ...dependencies,
  });

  const signIn = async (): Promise<string> => {
    const answer = await app.inject({ method: "POST", url: "/api/auth", payload: { code: accessCode } });
    const body: unknown = answer.json();
    if (typeof body === "object" && body !== null && "token" in body) return String(body.token);
    throw new Error(`The sign-in failed: ${answer.body}`);
  };

  let token: string | null = null;
  return {
    app,
    log,
    wait: (ms) => {
      now += ms;
    },
    signIn,
    async ask(method, url, more = {}) {
      token ??= await signIn();
      const headers = { authorization: `Bearer ${token}`, ...more.headers };
      const answer = await app.inject({ ...more, method, url, headers });
      const body: unknown = answer.body === "" ? null : answer.json();
      return { status: answer.statusCode, headers: answer.headers, body };
    },
  };
};

const loggerInto = (log: LogLine[]): Logger => {
  const at = (level: string) => (fields: object, message: string) => {
    log.push({ level, fields, message });
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: () => loggerInto(log),
  };
};
