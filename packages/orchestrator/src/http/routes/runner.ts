import {
  claimRequestSchema,
  credentialRequestSchema,
  doneSchema,
  jobSchema,
  progressAnswerSchema,
  progressSchema,
  repositoryCredentialSchema,
  resultRequestSchema,
} from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { RunnerGateway } from "../../services/runs/runner-gateway.ts";
import type { AppDependencies } from "../app-dependencies.ts";
import { bearerOf, requireBearer } from "../auth/bearer.ts";
import { createErrorHandler } from "../errors/error-handler.ts";
import { conflict, Refusal, unauthorised } from "../errors/refusal.ts";
import { vendorUnavailable } from "../errors/vendor-refusal.ts";
import { refusals } from "../schemas.ts";
import { kibibytes, mebibytes } from "../server-options.ts";

/** Callbacks of the sandbox (§8.1, §10). Whether a bearer is good is the gateway's to say; none at all is refused here. */
export const runnerRoutes =
  ({ runnerGateway, logger }: Pick<AppDependencies, "runnerGateway" | "logger">): FastifyPluginAsyncZod =>
  async (app) => {
    const answer = createErrorHandler(logger, "slug");
    app.setErrorHandler((error, request, reply) =>
      answer(vendorUnavailable(error, reply, logger), request, reply),
    );
    app.addHook("onRequest", requireBearer("unauthorised"));
    claimRoute(app, runnerGateway);
    credentialRoute(app, runnerGateway);
    progressRoute(app, runnerGateway);
    resultRoute(app, runnerGateway);
  };

const describing = (summary: string) => ({ summary, tags: ["runner"], security: [{ runToken: [] }] });

type App = Parameters<FastifyPluginAsyncZod>[0];

const claimRoute = (app: App, gateway: RunnerGateway): void => {
  app.post(
    "/claim",
    {
      bodyLimit: kibibytes(256),
      schema: {
        ...describing("Claim an attempt: the first one gets the job"),
        body: claimRequestSchema,
        response: { 200: jobSchema, ...refusals(400, 401, 409, 413, 503) },
      },
    },
    async (request) => {
      const outcome = await gateway.claim(bearerOf(request) ?? "", request.body);
      switch (outcome.kind) {
        case "granted":
          return outcome.job;
        case "unauthorised":
          throw unauthorised("unauthorised");
        case "already-claimed":
          throw conflict("already_claimed");
        case "closed":
          throw conflict("closed");
        case "unavailable":
          throw new Refusal(503, "identity_unavailable");
      }
    },
  );
};

const credentialRoute = (app: App, gateway: RunnerGateway): void => {
  app.post(
    "/credential",
    {
      bodyLimit: kibibytes(4),
      schema: {
        ...describing("A fresh credential for the attempt's repository"),
        body: credentialRequestSchema,
        response: { 200: repositoryCredentialSchema, ...refusals(400, 401, 409, 413, 503) },
      },
    },
    async (request) => {
      const outcome = await gateway.credential(bearerOf(request) ?? "", request.body);
      switch (outcome.kind) {
        case "granted":
          return outcome.credential;
        case "unauthorised":
          throw unauthorised("unauthorised");
        case "not-the-claimant":
          throw conflict("not_the_claimant");
        case "closed":
          throw conflict("closed");
      }
    },
  );
};

const progressRoute = (app: App, gateway: RunnerGateway): void => {
  app.post(
    "/progress",
    {
      bodyLimit: kibibytes(256),
      schema: {
        ...describing("Report steps; a heartbeat as well"),
        body: progressSchema,
        response: { 200: progressAnswerSchema, ...refusals(400, 401, 409, 413) },
      },
    },
    async (request) => {
      const outcome = await gateway.progress(bearerOf(request) ?? "", request.body);
      switch (outcome.kind) {
        case "accepted":
          return { stop: outcome.stop };
        case "unauthorised":
          throw unauthorised("unauthorised");
        case "not-the-claimant":
          throw conflict("not_the_claimant");
      }
    },
  );
};

const resultRoute = (app: App, gateway: RunnerGateway): void => {
  app.post(
    "/result",
    {
      bodyLimit: mebibytes(4),
      schema: {
        ...describing("Report how the attempt ended; the same report again gets the same answer"),
        body: resultRequestSchema,
        response: { 200: doneSchema, ...refusals(400, 401, 409, 413) },
      },
    },
    async (request) => {
      const outcome = await gateway.result(bearerOf(request) ?? "", request.body);
      switch (outcome.kind) {
        case "accepted":
          return { ok: true as const };
        case "unauthorised":
          throw unauthorised("unauthorised");
        case "not-the-claimant":
          throw conflict("not_the_claimant");
        case "closed":
          throw conflict("closed");
      }
    },
  );
};
