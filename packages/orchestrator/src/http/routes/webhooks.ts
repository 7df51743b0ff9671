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
 * News from the trackers (§7.2) and the code host (§12). Outside the admin API: they are there with or without an access code, and a vendor
 * proves itself by its signature over the raw bytes, so nothing may touch the body before that is checked.
 */
export const webhookRoutes =
  (dependencies: Pick<AppDependencies, "trackerWebhooks" | "forgeWebhooks">): FastifyPluginAsyncZod =>
  async (app) => {
    limitUnprovenBodies(app, {
      totalBytes: mebibytes(32),
      bodyBytes: mebibytes(4),
      patienceMs: seconds(10),
      retryAfterSeconds,
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    for (const { vendor, name, scheme, bodyBytes, purpose, receive } of vendors(dependencies))
      app.post(
        `/${vendor}/webhook`,
        {
          bodyLimit: bodyBytes,
          schema: {
            summary: `Webhook of ${name}: ${purpose}; the same delivery again gets the same answer`,
            tags: ["webhooks"],
            security: [{ [scheme]: [] }],
            response: { 200: doneSchema, ...refusals(400, 401, 413, 503) },
          },
        },
        async ({ headers, body }, reply) => {
          const rawBody = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
          const reception = await receive(headers, rawBody);
          if (reception === "unavailable") reply.header("retry-after", retryAfterSeconds);
          return answerTo(reception, headers);
        },
      );
  };

interface WebhookSender {
  readonly vendor: string;
  readonly name: string;
  /** In the OpenAPI document. */
  readonly scheme: string;
  readonly bodyBytes: number;
  readonly purpose: string;
  readonly receive: (
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    rawBody: Buffer,
  ) => Promise<Reception>;
}

const vendors = ({
  trackerWebhooks,
  forgeWebhooks,
}: Pick<AppDependencies, "trackerWebhooks" | "forgeWebhooks">): readonly WebhookSender[] => {
  const tracker = (vendor: WebhookVendor, name: string, scheme: string): WebhookSender => ({
    vendor,
    name,
    scheme,
    bodyBytes: mebibytes(1),
    purpose: "wakes the poll for what it names",
    receive: (headers, rawBody) => trackerWebhooks.receive(vendor, headers, rawBody),
  });
  return [
    tracker("linear", "Linear", "linearSignature"),
    tracker("jira", "Jira", "jiraSignature"),
    {
      vendor: "github",
      name: "GitHub",
      scheme: "githubSignature",
      // A pull request's event holds its whole description several times over.
      bodyBytes: mebibytes(4),
      purpose: "makes us look at the pull request or the run that it names",
      receive: forgeWebhooks.receive,
    },
  ];
};

/** Longer than a restart takes. */
const retryAfterSeconds = 30;

/** GitHub's own default. */
const isForm = /^application\/x-www-form-urlencoded\b/i;

/** Why it was refused is in our log: a stranger learns nothing from the answer. */
const answerTo = (
  reception: Reception,
  { "content-type": contentType = "" }: { readonly "content-type"?: string | undefined },
): { readonly ok: true } => {
  switch (reception) {
    case "accepted":
      return { ok: true };
    case "refused":
      throw unauthorised("The delivery is not signed with the webhook's secret, or it is too old.");
    case "malformed":
      throw badRequest(
        isForm.test(contentType)
          ? "The delivery is a form: set the webhook's content type to application/json."
          : "The delivery is signed, and is not what the vendor documents.",
      );
    case "unavailable":
      throw new Refusal(503, "The delivery cannot be recorded now: deliver it again.");
  }
};
