import { createHash, createHmac } from "node:crypto";
import { crc32 } from "node:zlib";
import type { AwsSession } from "../../aws/assume-role.ts";
import { answerJson, type FakeProvider, type SeenRequest, startFakeProvider } from "./fake-provider.ts";

export const bedrockRegion = "eu-central-1";

export const someAwsSession: AwsSession = {
  accessKeyId: "ASIATESTACCESSKEY001",
  secretAccessKey: "secret-access-key-of-the-test",
  sessionToken: "session-token-of-the-test",
  expiresAt: new Date("2999-01-01"),
};

/** The runtime of Amazon Bedrock: takes a call only with a signature that fits, and answers it with the given events. */
export const startFakeBedrock = (
  { accessKeyId, secretAccessKey, sessionToken }: AwsSession,
  eventsOf: (request: SeenRequest) => readonly unknown[],
): Promise<FakeProvider> =>
  startFakeProvider((response, request) => {
    const isSigned =
      request.headers["x-amz-security-token"] === sessionToken &&
      request.headers.authorization === authorizationOf(request, accessKeyId, secretAccessKey);
    if (!isSigned)
      return answerJson(response, 403, {
        message: "The request signature we calculated does not match the signature you provided.",
      });
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    for (const event of eventsOf(request)) response.write(chunkFrame(event));
    response.end();
  });

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** AWS Signature Version 4, from the request as it arrived (docs.aws.amazon.com, IAM user guide). */
const authorizationOf = (request: SeenRequest, accessKeyId: string, secret: string): string => {
  const { method, path, headers, body } = request;
  const [, signedHeaders = ""] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "") ?? [];
  const moment = String(headers["x-amz-date"]);
  const day = moment.slice(0, 8);
  const scope = `${day}/${bedrockRegion}/bedrock/aws4_request`;
  const canonical = [
    method,
    path.split("/").map(encodeURIComponent).join("/"),
    "",
    ...signedHeaders.split(";").map((name) => `${name}:${String(headers[name]).trim()}`),
    "",
    signedHeaders,
    sha256(body),
  ].join("\n");
  const key = [day, bedrockRegion, "bedrock", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", moment, scope, sha256(canonical)].join("\n"));
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature.toString("hex")}`;
};

/** A frame of AWS's event stream that carries one event of the model's. */
const chunkFrame = (event: unknown): Buffer =>
  frame(
    { ":event-type": "chunk", ":content-type": "application/json", ":message-type": "event" },
    JSON.stringify({ bytes: Buffer.from(JSON.stringify(event)).toString("base64") }),
  );

const frame = (headers: Readonly<Record<string, string>>, payload: string): Buffer => {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => headerBytes(name, value)));
  const body = Buffer.from(payload);
  const prelude = Buffer.concat([uint32(12 + head.length + body.length + 4), uint32(head.length)]);
  const before = Buffer.concat([prelude, uint32(crc32(prelude)), head, body]);
  return Buffer.concat([before, uint32(crc32(before))]);
};

const stringType = 7;

const headerBytes = (name: string, value: string): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([stringType]),
    length,
    Buffer.from(value),
  ]);
};

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
