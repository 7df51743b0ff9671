import { doneSchema } from "@ai-implement/contracts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { seconds } from "../../core/time.ts";
import type { Reception, WebhookVendor } from "../../services/webhooks/tracker-webhooks.ts";
import type { AppDependencies } from "../app-dependencies.ts";
import { badRequest, Refusal, unauthorised } from "../errors/refusal.ts";
import { refusals } from "../schemas.ts";
import { mebibytes } from "../server-options.ts";
import { limitUnprovenBodies } from "./unproven-bodies.ts";

/**
 * News from the trackers (§7.2). Outside the admin API: they are there with or without an access code, and a vendor
 * proves itself by its signature over the raw bytes, so nothing may touch the body before that is checked.
 */
export const trackerWebhookRoutes =
  ({ trackerWebhooks }: Pick<AppDependencies, "trackerWebhooks">): FastifyPluginAsyncZod =>
  async (app) => {
    limitUnprovenBodies(app, {
      totalBytes: mebibytes(32),
      bodyBytes,
      patienceMs: seconds(10),
      retryAfterSeconds,
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    for (const { vendor, name, scheme } of vendors)
      app.post(
        `/${vendor}/webhook`,
        {
          bodyLimit: bodyBytes,
          schema: {
            summary: `Webhook of ${name}: wakes the poll for what it names; the same delivery again gets the same answer`,
            tags: ["webhooks"],
            security: [{ [scheme]: [] }],
            response: { 200: doneSchema, ...refusals(400, 401, 413, 503) },
          },
        },
        async ({ headers, body }, reply) => {
          const rawBody = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
          const reception = await trackerWebhooks.receive(vendor, headers, rawBody);
          if (reception === "unavailable") reply.header("retry-after", retryAfterSeconds);
          return answerTo(reception);
        },
      );
  };

const vendors: readonly {
  readonly vendor: WebhookVendor;
  readonly name: string;
  /** In the OpenAPI document. */
  readonly scheme: string;
}[] = [
  { vendor: "linear", name: "Linear", scheme: "linearSignature" },
  { vendor: "jira", name: "Jira", scheme: "jiraSignature" },
];

const bodyBytes = mebibytes(1);
/** Longer than a restart takes. */
const retryAfterSeconds = 30;

/** Why it was refused is in our log: a stranger learns nothing from the answer. */
const answerTo = (reception: Reception): { readonly ok: true } => {
  switch (reception) {
    case "accepted":
      return { ok: true };
    case "refused":
      throw unauthorised("The delivery is not signed with the webhook's secret, or it is too old.");
    case "malformed":
      throw badRequest("The delivery is signed, and is not what the vendor documents.");
    case "unavailable":
      throw new Refusal(503, "The delivery cannot be recorded now: deliver it again.");
  }
};
