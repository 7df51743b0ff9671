import { afterEach, beforeEach, expect, test } from "vitest";
import { isOutage, VendorError } from "../../ports/vendor-error.ts";
import { exchange, type OutgoingRequest } from "./exchange.ts";
import {
  answering,
  cutting,
  hanging,
  type Script,
  type ScriptedVendor,
  startScriptedVendor,
} from "./testing/scripted-vendor.ts";

const secret = "Bearer s3cret-s3cret";
let vendor: ScriptedVendor;
beforeEach(async () => {
  vendor = await startScriptedVendor(answering(200, '{"ok":true}'));
});
afterEach(async () => {
  await vendor.close();
});

const send = (change: Partial<OutgoingRequest> = {}) =>
  exchange({
    vendor: "Acme",
    url: `${vendor.url}/things`,
    method: "POST",
    headers: { authorization: secret },
    body: { name: "x" },
    signal: AbortSignal.timeout(10_000),
    ...change,
  });

/** What a failing exchange throws; no part of it, its causes included, has the credential. */
const failureOf = async (sent: Promise<unknown>): Promise<VendorError> => {
  const error = await sent.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof VendorError)) throw new Error("No VendorError was thrown.", { cause: error });
  for (let part: unknown = error; part instanceof Error; part = part.cause)
    expect(`${part.message}\n${part.stack}\n${JSON.stringify(part)}`).not.toContain("s3cret");
  return error;
};

test.each([200, 204, 401, 404, 429, 500, 503])("§7.2 %i is an answer like any other", async (status) => {
  vendor.follow(answering(status, status === 204 ? "" : "said", { "retry-after": "7" }));
  const answer = await send();
  expect(answer.status).toBe(status);
  expect(answer.text).toBe(status === 204 ? "" : "said");
  expect(answer.headers.get("retry-after")).toBe("7");
});

test("§7.2 a body goes out as JSON, with the credential", async () => {
  const bodies: string[] = [];
  vendor.follow((request, response) => {
    request.setEncoding("utf8").on("data", (chunk: string) => bodies.push(chunk));
    request.on("end", () => response.end(request.headers["content-type"]));
  });
  expect((await send()).text).toBe("application/json");
  expect(JSON.parse(bodies.join(""))).toEqual({ name: "x" });
  expect(vendor.requests[0]?.authorization).toBe(secret);
});

const silences: readonly [name: string, script: Script][] = [
  ["never answers", hanging],
  ["stops after the status line", (_, response) => response.writeHead(200).flushHeaders()],
  ["stops within the body", (_, response) => response.writeHead(200).write("{")],
];
test.each(silences)("§9 a server that %s is a timeout, and its connection is given up", async (_, script) => {
  vendor.follow(script);
  const error = await failureOf(send({ signal: AbortSignal.timeout(150) }));
  expect(error.failure).toBe("timeout");
  expect(error.message).toBe("Acme did not answer in time.");
  expect(error.retryable).toBe(true);
  await expect.poll(() => vendor.givenUp).toBe(1);
});

const cuts: readonly [name: string, script: Script][] = [
  ["before any answer", cutting],
  [
    "within the body",
    (_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{", () => response.destroy());
    },
  ],
];
test.each(cuts)("§9 a connection cut %s is unreachable: nobody knows what was done", async (_, script) => {
  vendor.follow(script);
  const error = await failureOf(send());
  expect(error.failure).toBe("unreachable");
  expect(error.message).toMatch(/^Acme cannot be reached: .+\.$/);
  expect(isOutage(error)).toBe(true);
});

test("§9 nobody listening is unreachable, and the message says where", async () => {
  const { url } = vendor;
  await vendor.close();
  const error = await failureOf(send({ url }));
  expect(error.failure).toBe("unreachable");
  expect(error.message).toContain("ECONNREFUSED 127.0.0.1");
  vendor = await startScriptedVendor(hanging);
});

test("§11.9 a body without end is malformed and not read to its end", async () => {
  let written = 0;
  const chunk = Buffer.alloc(1024 * 1024, "x");
  vendor.follow((_, response) => {
    const pour = (): void => {
      while (!response.destroyed) {
        written += chunk.length;
        if (!response.write(chunk)) return;
      }
    };
    response.on("drain", pour);
    pour();
  });
  const error = await failureOf(send());
  expect(error.failure).toBe("malformed");
  expect(error.message).toMatch(/^Acme answered with more than \d+ bytes\.$/);
  await expect.poll(() => vendor.givenUp).toBe(1);
  expect(written).toBeLessThan(200 * chunk.length);
});

test.each([301, 302, 303, 307, 308])(
  "§11 a redirect (%i) is not followed: no credential goes to where it points",
  async (status) => {
    const elsewhere = await startScriptedVendor(answering(200));
    try {
      vendor.follow(answering(status, "", { location: `${elsewhere.url}/steal` }));
      const error = await failureOf(send());
      expect(isOutage(error)).toBe(true);
      expect(elsewhere.requests).toEqual([]);
      expect(vendor.requests).toHaveLength(1);
    } finally {
      await elsewhere.close();
    }
  },
);

test.each(["Bearer s3cret\nline two", "Bearer s3cret\u0000", "Bearer s3cret “quoted”"])(
  "§11 a credential that no header can carry (%j) is named as such and never quoted",
  async (authorization) => {
    const error = await failureOf(send({ headers: { authorization } }));
    expect(error.failure).toBe("unauthorised");
    expect(error.message).toMatch(/^The credential for Acme has a character that no HTTP header can carry/);
    expect(vendor.requests).toEqual([]);
  },
);

test.each(["http://me:s3cret@127.0.0.1:1/", "s3cret", "http://[s3cret"])(
  "§11 a URL that cannot be used (%s) is not quoted",
  async (url) => {
    expect((await failureOf(send({ url }))).message).toBe("Acme's URL is none, or has a password in it.");
  },
);
