import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import Fastify, { type FastifyInstance } from "fastify";
import { type FastifyPluginAsyncZod, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import type { AppDependencies } from "./app-dependencies.ts";
import { requireSession } from "./auth/bearer.ts";
import { createLoginThrottle } from "./auth/login-throttle.ts";
import { createCodeCheck } from "./auth/secrets.ts";
import { createMemorySessions } from "./auth/session-store.ts";
import { createErrorHandler } from "./errors/error-handler.ts";
import { openApiOptions, openApiRoutes } from "./open-api.ts";
import { acceptJsonOnly, answerUnknownRoutes, markResponses } from "./request-rules.ts";
import { signInRoutes, signOutRoutes } from "./routes/auth.ts";
import { dedupRoutes } from "./routes/dedup.ts";
import { healthRoutes } from "./routes/health.ts";
import { issueActionRoutes, issueRoutes } from "./routes/issues.ts";
import { jiraRoutes } from "./routes/jira.ts";
import { mappingRoutes } from "./routes/mappings.ts";
import { pipelineRoutes } from "./routes/pipelines.ts";
import { pullRoutes } from "./routes/pulls.ts";
import { runnerRoutes } from "./routes/runner.ts";
import { runRoutes } from "./routes/runs.ts";
import { templateRoutes } from "./routes/templates.ts";
import { triggerRoutes } from "./routes/trigger.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { securityHeaders, serverOptions } from "./server-options.ts";

/** The whole HTTP face of the service (§13), ready to be listened on or asked through `inject`. */
export const createApp = async (dependencies: AppDependencies): Promise<FastifyInstance> => {
  const app = Fastify(serverOptions());
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(createErrorHandler(dependencies.logger, "sentence"));
  acceptJsonOnly(app);
  markResponses(app, dependencies.logger);
  await app.register(helmet, securityHeaders);
  answerUnknownRoutes(app);
  await app.register(swagger, openApiOptions(dependencies.version));
  await app.register(healthRoutes(dependencies));
  await app.register(runnerRoutes(dependencies), { prefix: "/runner" });
  await app.register(triggerRoutes(dependencies), { prefix: "/trigger" });
  await app.register(webhookRoutes(dependencies), { prefix: "/api" });
  // Without an access code these routes do not exist: nothing to guess at, nothing to switch on by mistake (§4.1).
  if (dependencies.accessCode !== null)
    await app.register(adminApi(dependencies, dependencies.accessCode), { prefix: "/api" });
  await app.ready();
  return app;
};

const adminApi =
  (dependencies: AppDependencies, accessCode: string): FastifyPluginAsyncZod =>
  async (app) => {
    const { clock, sessions = createMemorySessions() } = dependencies;
    const isAccessCode = createCodeCheck(accessCode);
    await app.register(signInRoutes({ clock, sessions, isAccessCode, throttle: createLoginThrottle() }));
    await app.register(async (guarded) => {
      guarded.addHook("onRequest", requireSession(sessions, clock));
      await guarded.register(signOutRoutes({ sessions }));
      await guarded.register(mappingRoutes(dependencies));
      await guarded.register(runRoutes(dependencies));
      await guarded.register(issueRoutes(dependencies));
      await guarded.register(issueActionRoutes(dependencies));
      await guarded.register(pullRoutes(dependencies));
      await guarded.register(templateRoutes(dependencies));
      await guarded.register(pipelineRoutes(dependencies));
      await guarded.register(dedupRoutes(dependencies));
      await guarded.register(jiraRoutes(dependencies));
      await guarded.register(openApiRoutes);
    });
  };
