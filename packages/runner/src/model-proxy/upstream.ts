import type { AwsSessions } from "../aws/aws-sessions.ts";

/** Where the calls go, and with which credential. */
export type Upstream =
  | { readonly kind: "anthropic"; readonly baseUrl: string; readonly apiKey: string }
  /** The agent holds the token itself: it is passed through, and the calls are counted all the same. */
  | { readonly kind: "anthropic-oauth"; readonly baseUrl: string }
  | {
      readonly kind: "bedrock";
      readonly region: string;
      readonly sessions: AwsSessions;
      /** Absent: the region's own address at AWS. */
      readonly baseUrl?: string;
    }
  /** The address ends with the version, as OPENAI_BASE_URL does: `https://api.openai.com/v1`. */
  | { readonly kind: "openai"; readonly baseUrl: string; readonly apiKey: string };
